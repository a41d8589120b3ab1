package io.proa.formats;

import java.nio.ByteBuffer;

/// Decodes the field blocks of one direction of a connection (RFC 7541) into [FieldSection]s.
///
/// Every block must be decoded to its end, also that of a message nobody wants: the next ones build
/// on it. A message that is too large or malformed is the section's matter and disturbs nothing; a
/// [MalformedFrame] ends the connection. Nothing is allocated but for what grows: the dynamic table
/// up to its limit, the section up to the largest message.
///
/// Whatever a peer sends, the work is bounded by the bytes received, and by sixteen times what one
/// message may have.
public final class HpackDecoder {
    /// The table's size where this side says nothing about it in its settings.
    public static final int DEFAULT_TABLE_SIZE = 4096;

    /// Bytes of an unfinished field that a caller may have to hold: what fits into its buffers.
    public static final int MOST_PENDING = 60 * 1024;

    private static final int MOST_SIZE_UPDATES = 2;
    private static final int LAST_SHIFT = 21;

    private static final int INDEXED = 0x7F;
    private static final int INSERTED = 0x3F;
    private static final int RESIZED = 0x1F;
    private static final int LITERAL = 0x0F;
    private static final int STRING = 0x7F;

    private final DynamicTable table;
    private final int largestTable;
    private boolean fieldSeen;
    private int sizeUpdates;
    private int cursor;
    private int traits;

    /// @param largestTable bytes, the SETTINGS_HEADER_TABLE_SIZE that this side has announced and
    ///   the peer has acknowledged; [#DEFAULT_TABLE_SIZE] without a word
    public HpackDecoder(int largestTable) {
        this.largestTable = largestTable;
        this.table = new DynamicTable(largestTable);
    }

    /// What is in the dynamic table, as RFC 7541 section 4.1 counts it.
    int tableSize() {
        return table.size();
    }

    /// Decodes what is there of a block: all whole fields.
    ///
    /// @param last whether the block ends at `to`
    /// @return the first index that belongs to an unfinished field: the caller gives it again, with
    ///   what comes behind it. `to` when there is none, which is so when `last`
    public int decode(ByteBuffer buf, int from, int to, boolean last, FieldSection section)
            throws MalformedFrame {
        int at = from;
        while (at < to) {
            int next = field(buf, at, to, section);
            if (next < 0) {
                break;
            }
            at = next;
            if (section.beyondBound()) {
                throw MalformedFrame.of(FrameFlaw.BLOCK_TOO_LARGE);
            }
        }
        if (last) {
            if (at < to) {
                throw MalformedFrame.of(FrameFlaw.BLOCK_ENDS_EARLY);
            }
            fieldSeen = false;
            sizeUpdates = 0;
        } else if (to - at > MOST_PENDING) {
            throw MalformedFrame.of(FrameFlaw.BLOCK_TOO_LARGE);
        }
        return at;
    }

    /// @return the index after the field, or -1 when more bytes are needed
    private int field(ByteBuffer buf, int at, int to, FieldSection section) throws MalformedFrame {
        int b = buf.get(at);
        if (b < 0) {
            return indexed(buf, at, to, section);
        } else if ((b & 0x40) != 0) {
            return literal(buf, at, to, section, INSERTED, false);
        } else if ((b & 0x20) != 0) {
            return resize(buf, at, to);
        }
        return literal(buf, at, to, section, LITERAL, (b & 0x10) != 0);
    }

    private int resize(ByteBuffer buf, int at, int to) throws MalformedFrame {
        int size = integer(buf, at, to, RESIZED);
        if (size < 0) {
            return -1;
        }
        if (size > largestTable) {
            throw MalformedFrame.of(FrameFlaw.TABLE_SIZE);
        }
        if (fieldSeen || ++sizeUpdates > MOST_SIZE_UPDATES) {
            throw MalformedFrame.of(FrameFlaw.TABLE_SIZE_LATE);
        }
        table.limit(size);
        return cursor;
    }

    private int indexed(ByteBuffer buf, int at, int to, FieldSection section)
            throws MalformedFrame {
        int index = integer(buf, at, to, INDEXED);
        if (index < 0) {
            return -1;
        }
        fieldSeen = true;
        if (index > 0 && index <= StaticTable.COUNT) {
            section.copy(
                    StaticTable.TEXT,
                    StaticTable.start(index),
                    StaticTable.nameEnd(index),
                    StaticTable.valueEnd(index),
                    StaticTable.traits(index));
        } else {
            int number = number(index);
            section.copy(
                    table.text(),
                    table.start(number),
                    table.nameEnd(number),
                    table.valueEnd(number),
                    table.traits(number));
        }
        return cursor;
    }

    /// The entry's number in the dynamic table.
    private int number(int index) throws MalformedFrame {
        int number = table.next() - (index - StaticTable.COUNT);
        if (index <= StaticTable.COUNT || !table.has(number)) {
            throw MalformedFrame.of(FrameFlaw.INDEX);
        }
        return number;
    }

    private int literal(
            ByteBuffer buf, int at, int to, FieldSection section, int mask, boolean never)
            throws MalformedFrame {
        int index = integer(buf, at, to, mask);
        if (index < 0) {
            return -1;
        }
        int name = cursor;
        int nameTo = name;
        if (index == 0) {
            nameTo = stringEnd(buf, name, to);
            name = cursor;
        }
        if (nameTo < 0 || nameTo >= to) {
            return -1;
        }
        int valueLengthAt = nameTo;
        int valueTo = stringEnd(buf, valueLengthAt, to);
        int value = cursor;
        if (valueTo < 0 || valueTo > to) {
            return -1;
        }
        fieldSeen = true;
        boolean valueCoded = buf.get(valueLengthAt) < 0;
        int valueRoom = decodedRoom(valueTo - value, valueCoded);
        int nameEnd =
                index == 0
                        ? newName(buf, at + 1, name, nameTo, valueRoom, section)
                        : knownName(index, valueRoom, section);
        int valueStart = nameEnd + (never ? 1 : 2);
        int valueEnd = string(buf, value, valueTo, valueCoded, section.text, valueStart);
        traits |= FieldRules.ofValue(section.view, valueStart, valueEnd);
        section.line(nameEnd, valueStart, valueEnd);
        if (mask == INSERTED) {
            table.add(section.text, section.lineStart(), nameEnd, valueEnd, traits);
        }
        section.take(nameEnd, valueStart, valueEnd, traits);
        return valueTo;
    }

    /// Begins a line with a name from the block, and leaves its [#traits].
    ///
    /// @param lengthAt where the name's length stands, and whether it is Huffman-coded
    /// @return the index after the name
    private int newName(
            ByteBuffer buf, int lengthAt, int from, int to, int valueRoom, FieldSection section)
            throws MalformedFrame {
        boolean coded = buf.get(lengthAt) < 0;
        int line = section.reserve(decodedRoom(to - from, coded) + valueRoom);
        int nameEnd = string(buf, from, to, coded, section.text, line);
        traits = FieldRules.ofName(section.view, line, nameEnd);
        return nameEnd;
    }

    /// Begins a line with the name of a table's entry, and leaves its [#traits].
    ///
    /// @return the index after the name
    private int knownName(int index, int valueRoom, FieldSection section) throws MalformedFrame {
        byte[] source;
        int start;
        int length;
        if (index <= StaticTable.COUNT) {
            source = StaticTable.TEXT;
            start = StaticTable.start(index);
            length = StaticTable.nameEnd(index) - start;
            traits = StaticTable.traits(index);
        } else {
            int number = number(index);
            source = table.text();
            start = table.start(number);
            length = table.nameEnd(number) - start;
            traits = FieldRules.ofNameAlone(table.traits(number));
        }
        int line = section.reserve(length + valueRoom);
        System.arraycopy(source, start, section.text, line, length);
        return line + length;
    }

    private static int decodedRoom(int length, boolean coded) {
        return coded ? Huffman.mostDecoded(length) : length;
    }

    private static int string(
            ByteBuffer buf, int from, int to, boolean coded, byte[] out, int begin)
            throws MalformedFrame {
        if (coded) {
            return Huffman.decode(buf, from, to, out, begin);
        }
        buf.get(from, out, begin, to - from);
        return begin + to - from;
    }

    /// Reads a string's length, and leaves [#cursor] where the string begins.
    ///
    /// @return the index after the string, which may be above `to`, or -1 when more is needed
    private int stringEnd(ByteBuffer buf, int at, int to) throws MalformedFrame {
        int length = integer(buf, at, to, STRING);
        if (length > MOST_PENDING) {
            throw MalformedFrame.of(FrameFlaw.BLOCK_TOO_LARGE);
        }
        return length < 0 ? -1 : cursor + length;
    }

    /// Reads an integer (RFC 7541 section 5.1), and leaves [#cursor] behind it.
    ///
    /// @return 0 to 2^28 + 126, or -1 when more bytes are needed
    private int integer(ByteBuffer buf, int at, int to, int mask) throws MalformedFrame {
        if (at >= to) {
            return -1;
        }
        int value = buf.get(at) & mask;
        cursor = at + 1;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; cursor < to; shift += 7) {
            if (shift > LAST_SHIFT) {
                throw MalformedFrame.of(FrameFlaw.INTEGER);
            }
            int b = buf.get(cursor++);
            value += (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        return -1;
    }
}
