package io.proa.traffic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What the sidecar's inbound side knows of the requests that are at the application now, for its
/// outbound side: the caller's attempt number and deadline, found again by a trace or request id
/// that the application propagates. Where an application propagates none, nothing is found, and the
/// retry budget alone bounds amplification.
///
/// Shared by all loops without a lock: a table of sets with eight places each, every place one
/// reference that is replaced by compare-and-set. An entry costs one object of 40 bytes, a look-up
/// at most eight references. Bounded: when the eight places of a set are taken, the entry whose
/// deadline comes first makes room.
///
/// Keys are 64-bit hashes. Two ids of equal hash, or two requests of one id (a retry, a fan-out),
/// are treated as one: with the higher attempt and the later deadline, until as many removals as
/// additions. The worst effect of a collision is a retry that is not made; a collision cannot be
/// arranged from outside, because the hash is keyed by `seed`.
public final class CallerContexts {
    public static final int DEFAULT_CAPACITY = 10_000;

    private static final int WAYS = 8;

    /// What is known of the caller of a request; immutable.
    public static final class Caller {
        private final long key;
        private final int attempt;
        private final long deadlineNanos;
        private final int requests;

        Caller(long key, int attempt, long deadlineNanos, int requests) {
            this.key = key;
            this.attempt = attempt;
            this.deadlineNanos = deadlineNanos;
            this.requests = requests;
        }

        /// From 1; greater where someone on the way here has retried.
        public int attempt() {
            return attempt;
        }

        /// Loop time; `Long.MAX_VALUE` = never.
        public long deadlineNanos() {
            return deadlineNanos;
        }
    }

    private final AtomicReferenceArray<@Nullable Caller> places;
    private final int setMask;
    private final long seed;

    public CallerContexts(long seed) {
        this(seed, DEFAULT_CAPACITY);
    }

    /// @param seed of the hash; not to be guessed from outside
    /// @param capacity rounded up to a power of two
    public CallerContexts(long seed, int capacity) {
        int rounded = Integer.highestOneBit(Math.max(WAYS, capacity) * 2 - 1);
        this.places = new AtomicReferenceArray<>(rounded);
        this.setMask = rounded / WAYS - 1;
        this.seed = mix(seed ^ 0x9E3779B97F4A7C15L);
    }

    /// The key of an id; reads `bytes` absolutely, without moving its position.
    public long key(ByteBuffer bytes, int offset, int length) {
        long hash = seed ^ length * 0xA0761D6478BD642FL;
        int end = offset + length;
        int i = offset;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long block = bytes.getLong(i);
            // One id has one key, whatever order the buffers of two sides are set to.
            boolean big = bytes.order() == ByteOrder.BIG_ENDIAN;
            hash = fold(hash ^ (big ? block : Long.reverseBytes(block)));
        }
        long tail = 0;
        for (; i < end; i++) {
            tail = tail << 8 | bytes.get(i) & 0xFF;
        }
        return mix(fold(hash ^ tail));
    }

    /// A request is handed to the application; a [#remove] of the same key must follow.
    ///
    /// @param deadlineNanos `Long.MAX_VALUE` = never
    public void put(long key, int attempt, long deadlineNanos) {
        int set = (int) key & setMask;
        while (true) {
            int place = placeFor(key, set);
            Caller there = places.get(place);
            Caller next =
                    there == null || there.key != key
                            ? new Caller(key, attempt, deadlineNanos, 1)
                            : new Caller(
                                    key,
                                    Math.max(there.attempt, attempt),
                                    Math.max(there.deadlineNanos, deadlineNanos),
                                    there.requests + 1);
            if (places.compareAndSet(place, there, next)) {
                return;
            }
        }
    }

    /// A request has left the application.
    public void remove(long key) {
        while (true) {
            int place = find(key);
            Caller there = place < 0 ? null : places.get(place);
            if (there == null) {
                return;
            }
            if (there.key != key) {
                continue;
            }
            Caller next =
                    there.requests == 1
                            ? null
                            : new Caller(
                                    key, there.attempt, there.deadlineNanos, there.requests - 1);
            if (places.compareAndSet(place, there, next)) {
                return;
            }
        }
    }

    /// The caller whose request is at the application under this key, or null.
    public @Nullable Caller get(long key) {
        // Two loops that add one key at the same moment may have taken two places: the higher
        // attempt counts.
        Caller found = null;
        int base = ((int) key & setMask) * WAYS;
        for (int i = base; i < base + WAYS; i++) {
            Caller there = places.get(i);
            if (there != null && there.key == key) {
                found = found == null || there.attempt > found.attempt ? there : found;
            }
        }
        return found;
    }

    /// Entries in use; walks the whole table.
    public int size() {
        int used = 0;
        for (int i = 0; i < places.length(); i++) {
            used += places.get(i) == null ? 0 : 1;
        }
        return used;
    }

    private int find(long key) {
        int base = ((int) key & setMask) * WAYS;
        for (int i = base; i < base + WAYS; i++) {
            Caller there = places.get(i);
            if (there != null && there.key == key) {
                return i;
            }
        }
        return -1;
    }

    private int placeFor(long key, int set) {
        int free = -1;
        int first = set * WAYS;
        long earliest = Long.MAX_VALUE;
        for (int i = set * WAYS; i < (set + 1) * WAYS; i++) {
            Caller there = places.get(i);
            if (there == null) {
                free = free < 0 ? i : free;
            } else if (there.key == key) {
                return i;
            } else if (there.deadlineNanos < earliest) {
                earliest = there.deadlineNanos;
                first = i;
            }
        }
        return free >= 0 ? free : first;
    }

    private static long fold(long value) {
        return Math.multiplyHigh(value, 0xE7037ED1A0B428DBL) ^ value * 0xE7037ED1A0B428DBL;
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
