package io.proa.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/// A growing set of counters, each found by a small number. One loop writes; any thread may read a
/// slightly older state.
final class CodedCounters {
    /// Receives one counter.
    @FunctionalInterface
    interface Reader {
        void counter(int code, long count);
    }

    /// A code of zero marks an empty place, so codes are kept increased by one. A place's code is
    /// written before its first count is released, so whoever sees a count sees its code.
    private static final class Table {
        final int[] codes;
        final AtomicLongArray counts;

        Table(int capacity) {
            codes = new int[capacity];
            counts = new AtomicLongArray(capacity);
        }

        int place(int code) {
            int mask = codes.length - 1;
            int place = (code * 0x9E3779B9 >>> 16) & mask;
            while (codes[place] != 0 && codes[place] != code + 1) {
                place = place + 1 & mask;
            }
            return place;
        }
    }

    private volatile Table table = new Table(8);
    private int used;

    boolean has(int code) {
        Table now = table;
        return now.codes[now.place(code)] != 0;
    }

    /// Adds one; allocates where the code is new.
    void increment(int code) {
        Table now = table;
        int place = now.place(code);
        if (now.codes[place] == 0) {
            if (++used * 2 > now.codes.length) {
                now = grown(now);
                place = now.place(code);
            }
            now.codes[place] = code + 1;
        }
        now.counts.setRelease(place, now.counts.getPlain(place) + 1);
    }

    void read(Reader reader) {
        Table now = table;
        for (int i = 0; i < now.codes.length; i++) {
            long count = now.counts.getAcquire(i);
            if (count > 0) {
                reader.counter(now.codes[i] - 1, count);
            }
        }
    }

    private Table grown(Table old) {
        Table next = new Table(old.codes.length * 2);
        for (int i = 0; i < old.codes.length; i++) {
            if (old.codes[i] != 0) {
                int place = next.place(old.codes[i] - 1);
                next.codes[place] = old.codes[i];
                next.counts.setPlain(place, old.counts.getPlain(i));
            }
        }
        table = next;
        return next;
    }
}
