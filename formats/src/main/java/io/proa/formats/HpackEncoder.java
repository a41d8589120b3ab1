package io.proa.formats;

import java.nio.ByteBuffer;

/// Encodes the field blocks of one direction of a connection (RFC 7541). Every block must be sent,
/// and in the order in which they were made.
///
/// A field enters the dynamic table when its name is new, or when name and value come for a second
/// time: so what changes with every request (paths, ids, lengths) does not push out what repeats,
/// and nobody keeps a list of names. Found again is a field by its hash; where two have the same,
/// the older is forgotten, which costs a few bytes and no search. Nothing is allocated but what the
/// table takes.
public final class HpackEncoder {
    private static final int INDEXED = 0x80;
    private static final int INDEXED_MASK = 0x7F;
    private static final int INSERTED = 0x40;
    private static final int INSERTED_MASK = 0x3F;
    private static final int RESIZED = 0x20;
    private static final int RESIZED_MASK = 0x1F;
    private static final int NEVER = 0x10;
    private static final int LITERAL_MASK = 0x0F;
    private static final int CODED = 0x80;
    private static final int STRING_MASK = 0x7F;

    private static final int SLOTS = 128;
    private static final int[] NO_NUMBERS = {};
    private static final short[] NO_HASHES = {};
    private static final int NONE = -1;

    private final int mostTable;
    private final DynamicTable table;
    private int lowestLimit = NONE;

    // by hash: the number of the entry with that name, and with that name and value
    private int[] byName = NO_NUMBERS;
    private int[] byField = NO_NUMBERS;

    // fields that have come once
    private short[] once = NO_HASHES;

    /// @param mostTable bytes that this side gives the table, whatever the peer allows; 0 = none
    public HpackEncoder(int mostTable) {
        this.mostTable = mostTable;
        this.table = new DynamicTable(Math.min(mostTable, HpackDecoder.DEFAULT_TABLE_SIZE));
        if (mostTable < HpackDecoder.DEFAULT_TABLE_SIZE) {
            lowestLimit = mostTable;
        }
    }

    /// Follows the peer's SETTINGS_HEADER_TABLE_SIZE, from the next block on.
    ///
    /// @param lowest the lowest value it has had since the last call
    /// @param last the present value
    public void limit(int lowest, int last) {
        int most = Math.min(last, mostTable);
        int least = Math.min(lowest, most);
        if (least == table.limit() && most == least) {
            return;
        }
        lowestLimit = lowestLimit == NONE ? least : Math.min(lowestLimit, least);
        table.limit(lowestLimit);
        table.limit(most);
    }

    /// Begins a block: says how large the table is where that has changed.
    int begin(ByteBuffer out, int from) {
        int at = from;
        if (lowestLimit != NONE) {
            if (lowestLimit < table.limit()) {
                at = integer(out, at, RESIZED, RESIZED_MASK, lowestLimit);
            }
            at = integer(out, at, RESIZED, RESIZED_MASK, table.limit());
            lowestLimit = NONE;
        }
        return at;
    }

    /// Writes a field that is wholly in the static table.
    static int indexed(ByteBuffer out, int at, int index) {
        return integer(out, at, INDEXED, INDEXED_MASK, index);
    }

    /// Writes a field.
    ///
    /// @param name an entry of the static table with its name, or 0
    /// @param never whether nobody may keep it in a table, now or further on
    int field(ByteBuffer out, int at, FieldLine line, int name, boolean never) {
        if (table.limit() == 0) {
            return literal(out, at, never ? NEVER : 0, LITERAL_MASK, name, line);
        }
        if (byName.length == 0) {
            byName = new int[SLOTS];
            byField = new int[SLOTS];
            once = new short[SLOTS];
        }
        int nameSlot = name;
        int index = name;
        if (index == 0) {
            nameSlot = line.nameHash() & SLOTS - 1;
            int number = byName[nameSlot];
            if (table.has(number) && table.sameName(number, line.text, 0, line.nameEnd)) {
                index = StaticTable.COUNT + table.next() - number;
            }
        }
        if (never) {
            return literal(out, at, NEVER, LITERAL_MASK, index, line);
        }
        int hash = line.hash();
        int slot = hash & SLOTS - 1;
        int number = byField[slot];
        if (table.has(number) && table.same(number, line.text, 0, line.nameEnd, line.valueEnd)) {
            return integer(
                    out, at, INDEXED, INDEXED_MASK, StaticTable.COUNT + table.next() - number);
        }
        if (!isWorthKeeping(line, index, slot, (short) (hash >>> 16))) {
            return literal(out, at, 0, LITERAL_MASK, index, line);
        }
        int next = literal(out, at, INSERTED, INSERTED_MASK, index, line);
        byField[slot] = table.next();
        if (name == 0) {
            byName[nameSlot] = table.next();
        }
        table.add(line.text, 0, line.nameEnd, line.valueEnd, 0);
        return next;
    }

    private boolean isWorthKeeping(FieldLine line, int index, int slot, short hash) {
        int cost = line.valueEnd - 2 + DynamicTable.OVERHEAD;
        if (cost > table.limit() / 2) {
            return false;
        }
        if (index == 0 || once[slot] == hash) {
            return true;
        }
        once[slot] = hash;
        return false;
    }

    private static int literal(
            ByteBuffer out, int from, int pattern, int mask, int index, FieldLine line) {
        int at = integer(out, from, pattern, mask, index);
        if (index == 0) {
            at = string(out, at, line.text, 0, line.nameEnd);
        }
        return string(out, at, line.text, line.nameEnd + 2, line.valueEnd);
    }

    private static int string(ByteBuffer out, int from, byte[] text, int start, int end) {
        int length = end - start;
        int coded = Huffman.encodedLength(text, start, end);
        if (coded < length) {
            int at = integer(out, from, CODED, STRING_MASK, coded);
            return Huffman.encode(text, start, end, out, at);
        }
        int at = integer(out, from, 0, STRING_MASK, length);
        out.put(at, text, start, length);
        return at + length;
    }

    /// Writes an integer (RFC 7541 section 5.1) behind a pattern in the first octet.
    private static int integer(ByteBuffer out, int from, int pattern, int mask, int value) {
        int at = from;
        if (value < mask) {
            out.put(at++, (byte) (pattern | value));
            return at;
        }
        out.put(at++, (byte) (pattern | mask));
        int rest = value - mask;
        while (rest >= 0x80) {
            out.put(at++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put(at++, (byte) rest);
        return at;
    }
}
