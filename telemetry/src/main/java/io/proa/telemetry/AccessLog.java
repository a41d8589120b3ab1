package io.proa.telemetry;

import io.proa.traffic.ExchangeRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One JSON object per exchange and line, written by a daemon thread of its own.
///
/// Each loop has a [Lane], a bounded ring of records with one writer and one reader: handing over
/// is two memory accesses; where the writer is behind, the record is dropped and counted, never
/// waited for. The thread exists only while the mode is not [Mode#OFF].
///
/// No secret gets in: of headers, only ids are in a record, and a path is cut at its query.
public final class AccessLog implements AutoCloseable {
    /// Which exchanges are written.
    public enum Mode {
        OFF,
        /// Those the sidecar or the application failed.
        ERRORS,
        ALL
    }

    /// Records a loop may be ahead of the writer.
    public static final int DEFAULT_CAPACITY = 1_024;

    private static final long PAUSE_NANOS = 20_000_000;
    private static final int BUFFER = 32 * 1024;

    private final OutputStream out;
    private final AccessLogLine line;
    private final Lane[] lanes;
    private final AtomicLong failedWrites = new AtomicLong();
    private volatile Mode mode = Mode.OFF;
    private volatile boolean closing;
    private @Nullable Thread writer;

    /// @param out written to by one thread at a time; not closed here
    public AccessLog(OutputStream out, WallTime wallTime, int loops) {
        this(out, wallTime, loops, DEFAULT_CAPACITY);
    }

    /// @param capacity records per loop, a power of two
    public AccessLog(OutputStream out, WallTime wallTime, int loops, int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + ": expected a power of two");
        }
        this.out = out;
        this.line = new AccessLogLine(wallTime);
        this.lanes = new Lane[loops];
        for (int i = 0; i < loops; i++) {
            lanes[i] = new Lane(capacity);
        }
    }

    /// The lane of one loop.
    public Lane lane(int loop) {
        return lanes[loop];
    }

    public Mode mode() {
        return mode;
    }

    /// May be changed at any time, from any thread but a loop's.
    public synchronized void mode(Mode next) {
        mode = next;
        if (next != Mode.OFF && writer == null && !closing) {
            Thread thread = new Thread(this::write, "proa-access-log");
            thread.setDaemon(true);
            writer = thread;
            thread.start();
        }
    }

    /// Records that were not written.
    public long dropped() {
        long all = failedWrites.get();
        for (Lane lane : lanes) {
            all += lane.dropped.getOpaque();
        }
        return all;
    }

    /// Writes what is left, for two seconds at most.
    @Override
    public void close() {
        Thread thread;
        synchronized (this) {
            closing = true;
            thread = writer;
        }
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(2_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write() {
        StringBuilder text = new StringBuilder(BUFFER);
        while (true) {
            boolean last = closing;
            int records = 0;
            for (Lane lane : lanes) {
                records += lane.drain(text);
            }
            if (records > 0) {
                flush(text, records);
            } else if (last) {
                return;
            } else {
                // Polling keeps the loops free of wake-ups, which would cost them a system call
                // each.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void flush(StringBuilder text, int records) {
        try {
            out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException _) {
            // A full disk or a closed pipe must not end the log for good: count and go on.
            failedWrites.addAndGet(records);
        }
        text.setLength(0);
    }

    /// The way of one loop's records to the writer.
    public final class Lane {
        private final AtomicReferenceArray<@Nullable ExchangeRecord> ring;
        private final int mask;
        private final AtomicLong dropped = new AtomicLong();
        private long head;
        private long tail;

        Lane(int capacity) {
            ring = new AtomicReferenceArray<>(capacity);
            mask = capacity - 1;
        }

        /// Called on the loop, once per exchange.
        public void ended(ExchangeRecord record) {
            boolean wanted =
                    switch (mode) {
                        case OFF -> false;
                        case ERRORS -> record.failed();
                        case ALL -> true;
                    };
            if (!wanted) {
                return;
            }
            int place = (int) tail & mask;
            if (ring.getAcquire(place) != null) {
                dropped.setOpaque(dropped.getPlain() + 1);
                return;
            }
            ring.setRelease(place, record);
            tail++;
        }

        /// Called on the writer's thread; answers how many lines it added.
        private int drain(StringBuilder text) {
            int records = 0;
            while (text.length() < BUFFER) {
                int place = (int) head & mask;
                ExchangeRecord record = ring.getAcquire(place);
                if (record == null) {
                    break;
                }
                ring.setRelease(place, null);
                head++;
                line.write(record, text);
                records++;
            }
            return records;
        }
    }
}
