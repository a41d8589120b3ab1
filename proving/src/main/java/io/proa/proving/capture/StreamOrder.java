package io.proa.proving.capture;

import java.util.Map;
import java.util.TreeMap;

/// Puts one direction of a TCP connection in order: what was sent again is left out, what came
/// early waits.
final class StreamOrder {
    /// Where the bytes go, in order and each once.
    @FunctionalInterface
    interface Sink {
        void take(byte[] data, int from, int to);
    }

    private final Sink sink;
    private final TreeMap<Long, byte[]> early = new TreeMap<>();
    private long next;

    /// @param first sequence number of the first byte, after the SYN
    StreamOrder(int first, Sink sink) {
        this.sink = sink;
        this.next = Integer.toUnsignedLong(first);
    }

    void segment(int sequence, byte[] data, int from, int to) {
        // Sequence numbers wrap; a segment is never half their range away from what is due.
        long at = next + (sequence - (int) next);
        if (at > next) {
            early.merge(
                    at,
                    java.util.Arrays.copyOfRange(data, from, to),
                    (one, other) -> one.length >= other.length ? one : other);
            return;
        }
        deliver(at, data, from, to);
        Map.Entry<Long, byte[]> waiting = early.firstEntry();
        while (waiting != null && waiting.getKey() <= next) {
            early.remove(waiting.getKey());
            deliver(waiting.getKey(), waiting.getValue(), 0, waiting.getValue().length);
            waiting = early.firstEntry();
        }
    }

    private void deliver(long at, byte[] data, int from, int to) {
        long known = next - at;
        if (known < to - from) {
            sink.take(data, from + (int) known, to);
            next = at + (to - from);
        }
    }

    /// Whether bytes are missing before some that came.
    boolean hasGap() {
        return !early.isEmpty();
    }
}
