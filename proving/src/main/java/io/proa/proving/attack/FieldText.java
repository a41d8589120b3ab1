package io.proa.proving.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Field blocks of HPACK, literally, so that they may say what no encoder would.
final class FieldText {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// What a request needs, from the static table.
    static FieldText request() {
        FieldText made = new FieldText();
        made.out.writeBytes(Http2Line.GET);
        return made;
    }

    /// `:status 200`.
    static FieldText response() {
        FieldText made = new FieldText();
        made.out.write(0x88);
        return made;
    }

    /// `name: value`, not indexed.
    FieldText field(String name, String value) {
        out.write(0);
        string(name);
        string(value);
        return this;
    }

    /// `name: value`, kept in the dynamic table.
    FieldText indexed(String name, String value) {
        out.write(0x40);
        string(name);
        string(value);
        return this;
    }

    /// A field of the tables; the last one added to the dynamic table has the number 62.
    FieldText reference(int number) {
        return integer(0x80, 7, number);
    }

    FieldText tableSize(int size) {
        return integer(0x20, 5, size);
    }

    private FieldText integer(int first, int bits, int value) {
        int most = (1 << bits) - 1;
        if (value < most) {
            out.write(first | value);
            return this;
        }
        out.write(first | most);
        int rest = value - most;
        for (; rest >= 128; rest >>= 7) {
            out.write(rest & 127 | 128);
        }
        out.write(rest);
        return this;
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        integer(0, 7, bytes.length);
        out.writeBytes(bytes);
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
