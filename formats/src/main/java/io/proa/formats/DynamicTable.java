package io.proa.formats;

import java.util.Arrays;

/// The dynamic table of RFC 7541 section 2.3.2, for either direction. Each entry is a line `name:
/// value` with its line end in one array, so that it can be put into a head in one piece; the array
/// slides: what is new goes behind, and when there is no room the living lines move to the front.
///
/// It takes no memory until something is added, then what is in it and at most twice that. Entries
/// have running numbers, which may wrap around; only their differences are used.
final class DynamicTable {
    /// What RFC 7541 section 4.1 adds for each entry.
    static final int OVERHEAD = 32;

    /// Bytes of a line beside name and value.
    static final int LINE_EXTRA = 4;

    private static final int STRIDE = 4;
    private static final int FEWEST_ENTRIES = 8;
    private static final int FEWEST_BYTES = 256;
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_SPANS = {};

    private byte[] text = NO_BYTES;

    /// What the offsets in `spans` are counted from; moves with the lines.
    private int base;

    private int tail;

    // per entry: where its line begins, its name and its value end, its traits
    private int[] spans = NO_SPANS;
    private int first;
    private int next;
    private int size;
    private int limit;

    DynamicTable(int limit) {
        this.limit = limit;
    }

    int count() {
        return next - first;
    }

    /// As RFC 7541 section 4.1 counts it.
    int size() {
        return size;
    }

    int limit() {
        return limit;
    }

    /// Makes it smaller or larger; what does not fit any more is evicted.
    void limit(int bytes) {
        limit = bytes;
        evict(0);
        if (next == first) {
            text = NO_BYTES;
            spans = NO_SPANS;
            base = 0;
            tail = 0;
        }
    }

    /// The number of the entry added last is one less.
    int next() {
        return next;
    }

    boolean has(int number) {
        int age = next - 1 - number;
        return age >= 0 && age < count();
    }

    private int slot(int number) {
        return (number & spans.length / STRIDE - 1) * STRIDE;
    }

    byte[] text() {
        return text;
    }

    int start(int number) {
        return spans[slot(number)] - base;
    }

    int nameEnd(int number) {
        return spans[slot(number) + 1] - base;
    }

    int valueEnd(int number) {
        return spans[slot(number) + 2] - base;
    }

    int traits(int number) {
        return spans[slot(number) + 3];
    }

    /// Adds a copy of a line; where it is larger than the table, that is emptied instead.
    ///
    /// @return whether it has been added
    boolean add(byte[] from, int start, int nameEnd, int valueEnd, int traits) {
        int line = valueEnd + 2 - start;
        int cost = line - LINE_EXTRA + OVERHEAD;
        evict(cost);
        if (cost > limit) {
            return false;
        }
        room(line);
        if (count() * STRIDE == spans.length) {
            moreEntries();
        }
        System.arraycopy(from, start, text, tail, line);
        int at = slot(next);
        spans[at] = tail + base;
        spans[at + 1] = tail + nameEnd - start + base;
        spans[at + 2] = tail + valueEnd - start + base;
        spans[at + 3] = traits;
        tail += line;
        size += cost;
        next++;
        return true;
    }

    private void evict(int cost) {
        while (first != next && size > limit - cost) {
            int at = slot(first);
            size -= spans[at + 2] + 2 - spans[at] - LINE_EXTRA + OVERHEAD;
            first++;
        }
    }

    private void room(int line) {
        if (text.length - tail >= line) {
            return;
        }
        int begin = first == next ? tail : start(first);
        int living = tail - begin;
        byte[] to = text;
        if (text.length < 2 * (living + line)) {
            to = new byte[Math.max(FEWEST_BYTES, 2 * (living + line))];
        }
        System.arraycopy(text, begin, to, 0, living);
        text = to;
        base += begin;
        tail = living;
    }

    private void moreEntries() {
        int[] fewer = spans;
        int mask = fewer.length / STRIDE - 1;
        spans = new int[Math.max(FEWEST_ENTRIES * STRIDE, fewer.length * 2)];
        for (int number = first; number != next; number++) {
            System.arraycopy(fewer, (number & mask) * STRIDE, spans, slot(number), STRIDE);
        }
    }

    /// Whether the entry has this line's name.
    boolean sameName(int number, byte[] other, int start, int nameEnd) {
        int at = slot(number);
        return Arrays.equals(text, spans[at] - base, spans[at + 1] - base, other, start, nameEnd);
    }

    /// Whether the entry is this line.
    boolean same(int number, byte[] other, int start, int nameEnd, int valueEnd) {
        int at = slot(number);
        return spans[at + 1] - spans[at] == nameEnd - start
                && Arrays.equals(
                        text, spans[at] - base, spans[at + 2] - base, other, start, valueEnd);
    }
}
