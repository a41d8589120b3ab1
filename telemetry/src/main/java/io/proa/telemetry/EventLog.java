package io.proa.telemetry;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// What happens to the sidecar itself (a snapshot accepted, an identity renewed, the control plane
/// lost): one JSON object per line, to standard error.
///
/// May be called from any thread, loops included: lines go through a bounded queue to a daemon
/// thread, because standard error may be a pipe that nobody reads. Meant for events, not for
/// requests: each costs a few hundred bytes.
public final class EventLog implements AutoCloseable {
    /// How much it matters.
    public enum Level {
        INFO,
        WARN,
        ERROR
    }

    private static final int MOST_WAITING = 1_000;
    private static final int LONGEST_VALUE = 2_000;

    private final PrintStream out;
    private final LongSupplier epochMillis;
    private final ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger length = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closing;

    /// @param out written to by this log's thread alone; not closed here
    public EventLog(OutputStream out, LongSupplier epochMillis) {
        this.out = new PrintStream(out, false, StandardCharsets.US_ASCII);
        this.epochMillis = epochMillis;
        this.writer = new Thread(this::write, "proa-events");
        writer.setDaemon(true);
        writer.start();
    }

    /// @param event a stable name such as `identity_renewed`
    /// @param facts names and values in turn; names are literals of this program, values never
    ///   secret
    public void info(String event, String... facts) {
        log(Level.INFO, event, facts);
    }

    /// Something is wrong and the sidecar serves on.
    public void warn(String event, String... facts) {
        log(Level.WARN, event, facts);
    }

    /// Something is wrong and the sidecar cannot do what it is for.
    public void error(String event, String... facts) {
        log(Level.ERROR, event, facts);
    }

    /// Lines given up because the writer was behind.
    public long dropped() {
        return dropped.get();
    }

    private void log(Level level, String event, String... facts) {
        if (length.incrementAndGet() > MOST_WAITING) {
            length.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        StringBuilder line = new StringBuilder(160);
        JsonText json = new JsonText(line).object();
        json.field("time", Instant.ofEpochMilli(epochMillis.getAsLong()).toString())
                .field("level", level.name().toLowerCase(Locale.ROOT))
                .field("event", event);
        for (int i = 0; i + 1 < facts.length; i += 2) {
            json.field(facts[i], facts[i + 1], LONGEST_VALUE);
        }
        json.endObject();
        waiting.add(line.append('\n').toString());
        LockSupport.unpark(writer);
    }

    /// Writes what is left, for a second at most.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(1_000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (true) {
            boolean last = closing;
            String line = waiting.poll();
            if (line != null) {
                length.decrementAndGet();
                out.print(line);
                out.flush();
            } else if (last) {
                return;
            } else {
                LockSupport.park(this);
            }
        }
    }
}
