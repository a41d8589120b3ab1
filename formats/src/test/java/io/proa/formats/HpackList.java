package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Field lists without the rules of messages, to hold HPACK alone against other implementations.
///
/// @param never whether the field was sent as never indexed
record HpackList(String name, String value, boolean never) {
    private static final int LARGEST = 1 << 24;

    HpackList(String name, String value) {
        this(name, value, false);
    }

    int size() {
        return name.length() + value.length() + 32;
    }

    @Override
    public String toString() {
        return name + ": " + value + (never ? " (never indexed)" : "");
    }

    static ByteBuffer hex(String text) {
        byte[] bytes = HexFormat.of().parseHex(text.replace(" ", ""));
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    /// Decodes a block field by field, each from as few bytes as suffice.
    static List<HpackList> decode(HpackDecoder decoder, ByteBuffer block) throws MalformedFrame {
        List<HpackList> list = new ArrayList<>();
        FieldSection section = new FieldSection();
        int at = 0;
        int end = block.limit();
        for (int to = 1; to <= end; to++) {
            section.beginTrailers(LARGEST);
            int next = decoder.decode(block, at, to, false, section);
            if (next > at) {
                at = next;
                if (section.fields() == 1) {
                    list.add(line(section.text, (int) section.size() - 32));
                }
            }
        }
        section.beginTrailers(LARGEST);
        decoder.decode(block, at, end, true, section);
        return list;
    }

    private static HpackList line(byte[] text, int length) {
        int colon = 1;
        while (colon <= length && text[colon] != ':') {
            colon++;
        }
        if (colon > length) {
            colon = 0; // there is no name
        }
        boolean never = text[length + 2] == '\n';
        int start = colon + (never ? 1 : 2);
        String name = new String(text, 0, colon, StandardCharsets.ISO_8859_1);
        String value = new String(text, start, length - colon, StandardCharsets.ISO_8859_1);
        return new HpackList(name, value, never);
    }

    /// A block that names nothing and keeps nothing, for lists that no encoder would make.
    static ByteBuffer literals(List<HpackList> list) {
        ByteBuffer out = ByteBuffer.allocate(1 << 17);
        for (HpackList field : list) {
            out.put((byte) (field.never() ? 0x10 : 0));
            string(out, field.name());
            string(out, field.value());
        }
        return out.flip();
    }

    private static void string(ByteBuffer out, String text) {
        int rest = text.length() - 0x7F;
        out.put((byte) Math.min(text.length(), 0x7F));
        for (; rest >= 0x80; rest >>>= 7) {
            out.put((byte) (rest | 0x80));
        }
        if (text.length() >= 0x7F) {
            out.put((byte) rest);
        }
        out.put(Bytes.of(text));
    }

    static byte[] encode(HpackEncoder encoder, List<HpackList> list) {
        int most = list.stream().mapToInt(HpackList::size).sum() + 16;
        ByteBuffer out = ByteBuffer.allocate(most);
        FieldLine line = new FieldLine();
        int at = encoder.begin(out, 0);
        for (HpackList field : list) {
            line.name(Bytes.of(field.name()));
            line.value(Bytes.of(field.value()));
            line.end();
            at = encoder.field(out, at, line, staticName(field.name(), line), field.never());
        }
        byte[] bytes = new byte[at];
        out.get(0, bytes);
        return bytes;
    }

    private static int staticName(String name, FieldLine line) {
        int told = line.told();
        return switch (name) {
            case ":authority" -> StaticTable.AUTHORITY;
            case ":method" -> StaticTable.METHOD_GET;
            case ":path" -> StaticTable.PATH_ROOT;
            case ":scheme" -> StaticTable.SCHEME_HTTP;
            case ":status" -> StaticTable.STATUS_200;
            default -> told < 0 ? 0 : StaticTable.named(told);
        };
    }
}
