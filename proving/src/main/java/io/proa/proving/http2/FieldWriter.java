package io.proa.proving.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes field blocks of HPACK in all its forms in turn: from the dynamic table where the field is
/// there, else literally with and without being kept.
final class FieldWriter {
    private static final int STATIC = 61;
    private static final int ENTRY = 32;
    private static final int LIMIT = 4096;

    private final List<String> table = new ArrayList<>();
    private int turn;

    /// @param fields each `name: value`
    byte[] block(List<String> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fields.forEach(field -> write(out, field));
        return out.toByteArray();
    }

    private void write(ByteArrayOutputStream out, String field) {
        int at = table.indexOf(field);
        if (at >= 0) {
            integer(out, 0x80, 7, STATIC + 1 + at);
            return;
        }
        boolean kept = ++turn % 3 != 0 && size(field) <= LIMIT;
        out.write(kept ? 0x40 : turn % 2 * 0x10);
        int colon = field.indexOf(": ", 1);
        string(out, field.substring(0, colon));
        string(out, field.substring(colon + 2));
        if (kept) {
            table.addFirst(field);
            while (table.stream().mapToInt(FieldWriter::size).sum() > LIMIT) {
                table.removeLast();
            }
        }
    }

    /// RFC 7541, section 4.1, without the two octets between name and value.
    private static int size(String field) {
        return field.length() - 2 + ENTRY;
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        integer(out, 0, 7, bytes.length);
        out.writeBytes(bytes);
    }

    private static void integer(ByteArrayOutputStream out, int first, int bits, int value) {
        int most = (1 << bits) - 1;
        if (value < most) {
            out.write(first | value);
            return;
        }
        out.write(first | most);
        int rest = value - most;
        for (; rest >= 128; rest >>= 7) {
            out.write(rest & 127 | 128);
        }
        out.write(rest);
    }
}
