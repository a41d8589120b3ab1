package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// One field on its way into a block: `name: value` and a line end, the name in lower case.
/// Reusable.
final class FieldLine {
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    byte[] text = new byte[512];
    private ByteBuffer view = view(text);
    int nameEnd;
    int valueEnd;

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The colon behind the name that begins at `from`; there is one.
    static int nameEnd(ByteBuffer lines, int from) {
        int i = from;
        while (lines.get(i) != ':') {
            i++;
        }
        return i;
    }

    /// The line end behind a colon; there is one.
    static int valueEnd(ByteBuffer lines, int colon) {
        int i = colon;
        while (lines.get(i) != '\r') {
            i++;
        }
        return i;
    }

    /// Begins a field with a name from a buffer.
    void name(ByteBuffer source, int start, int end) {
        int length = end - start;
        room(length);
        source.get(start, text, 0, length);
        for (int i = 0; i < length; i++) {
            text[i] = Octets.lower(text[i]);
        }
        begin(length);
    }

    /// Begins a field with a name in lower case.
    void name(byte[] name) {
        System.arraycopy(name, 0, text, 0, name.length);
        begin(name.length);
    }

    /// Takes the line `name: value` that begins at `from`, but for its end.
    ///
    /// @return where the next begins
    int take(byte[] lines, int from) {
        int colon = from;
        while (lines[colon] != ':') {
            colon++;
        }
        int end = colon + 2;
        while (lines[end] != '\r') {
            end++;
        }
        room(end - from);
        for (int i = from; i < colon; i++) {
            text[i - from] = Octets.lower(lines[i]);
        }
        begin(colon - from);
        System.arraycopy(lines, colon + 2, text, valueEnd, end - colon - 2);
        valueEnd = end - from;
        return end + 2;
    }

    /// Begins a field with the name of a static entry.
    void name(int index) {
        int length = StaticTable.nameEnd(index) - StaticTable.start(index);
        System.arraycopy(StaticTable.TEXT, StaticTable.start(index), text, 0, length);
        begin(length);
    }

    private void begin(int length) {
        nameEnd = length;
        valueEnd = length + 2;
        text[length] = ':';
        text[length + 1] = ' ';
    }

    /// Adds to the value.
    void value(ByteBuffer source, int start, int end) {
        room(valueEnd + end - start);
        source.get(start, text, valueEnd, end - start);
        valueEnd += end - start;
    }

    /// Adds to the value.
    void value(byte[] bytes) {
        room(valueEnd + bytes.length);
        System.arraycopy(bytes, 0, text, valueEnd, bytes.length);
        valueEnd += bytes.length;
    }

    /// Adds an ASCII character to the value.
    void value(char c) {
        room(valueEnd + 1);
        text[valueEnd++] = (byte) c;
    }

    /// Ends the field.
    void end() {
        text[valueEnd] = '\r';
        text[valueEnd + 1] = '\n';
    }

    private void room(int length) {
        if (text.length < length + DynamicTable.LINE_EXTRA) {
            text = Arrays.copyOf(text, Math.max(2 * text.length, length + DynamicTable.LINE_EXTRA));
            view = view(text);
        }
    }

    int valueLength() {
        return valueEnd - nameEnd - 2;
    }

    /// What [KnownHeader#told] says of the name.
    int told() {
        return KnownHeader.told(view, 0, nameEnd);
    }

    int nameHash() {
        return fold(hash(MIX, 0, nameEnd));
    }

    int hash() {
        return fold(hash(nameEnd, 0, valueEnd));
    }

    private long hash(long seed, int from, int to) {
        long hash = seed;
        int i = from;
        for (; i <= to - 8; i += 8) {
            hash = Long.rotateLeft((hash ^ view.getLong(i)) * MIX, 29);
        }
        if (i < to) {
            hash = (hash ^ Octets.tail(view, i, to)) * MIX;
        }
        return hash;
    }

    private static int fold(long hash) {
        long mixed = hash * MIX;
        return (int) (mixed >>> 32) ^ (int) mixed;
    }
}
