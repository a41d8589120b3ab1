package io.proa.proxy.loop;

import io.proa.traffic.Dice;
import io.proa.traffic.Timeout;
import io.proa.traffic.TimerWheel;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/// One thread with one selector. Everything registered here is confined to it; only [#execute] and
/// [#stop] may be called from elsewhere. It is one of the two places that read the real clock.
public final class Loop implements Runnable {
    /// What a registered channel's owner is told.
    interface Ready {
        void ready(int operations);
    }

    /// Told of what goes wrong beside the connections themselves; the loop goes on in any case.
    @FunctionalInterface
    public interface BugReport {
        /// An exception that is a mistake of our own; the connection concerned is closed.
        void bug(Throwable thrown);

        /// New connections wait in the kernel, because the machine has nothing to take them with;
        /// told once a minute at most.
        default void cannotAccept(IOException cause) {}

        /// The loop's connections hold so much that new work is refused, or no longer.
        default void shedding(boolean begun, long bytes) {}
    }

    private static final long TIDY_NANOS = 1_000_000_000L;
    private static final long QUIET_NANOS = 60_000_000_000L;

    /// How long those who move much may take before everybody else is looked at again.
    private static final long SLICE_NANOS = 1_000_000L;

    /// For those who are not turned away when it is crowded: requests, and what serves them.
    private static final int SPARE_CHANNELS = 2048;

    private final int mostChannels;
    private final Selector selector;
    private final TimerWheel timers;
    private final SlabPool slabs;
    private final Relief relief = new Relief(this);
    private final Dice dice;
    private final BugReport bugs;
    private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    /// Connections that move much and are ready, each once.
    private final ArrayDeque<SocketLink> bulk = new ArrayDeque<>();

    private volatile boolean running = true;
    private volatile Thread thread;
    private long now = System.nanoTime();
    private long quietUntil = now;
    private long tidyAt = now;

    /// Without a limit to what its connections hold.
    public Loop(long seed, BugReport bugs) throws IOException {
        this(seed, bugs, Long.MAX_VALUE);
    }

    /// @param memory bytes of slabs that its connections may hold together
    public Loop(long seed, BugReport bugs, long memory) throws IOException {
        this(seed, bugs, memory, Integer.MAX_VALUE - SPARE_CHANNELS);
    }

    /// @param memory bytes of slabs that its connections may hold together
    /// @param mostChannels from so many on it [#isCrowded]
    public Loop(long seed, BugReport bugs, long memory, int mostChannels) throws IOException {
        this.mostChannels = mostChannels;
        this.slabs = new SlabPool(memory, relief::begin);
        this.selector = Selector.open();
        this.timers = new TimerWheel(now);
        this.dice = Dice.seeded(seed);
        this.bugs = bugs;
        this.thread = Thread.currentThread();
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        while (running) {
            try {
                if (inbox.isEmpty() && bulk.isEmpty()) {
                    selector.select(this::dispatch, sleepMillis());
                } else {
                    selector.selectNow(this::dispatch);
                }
            } catch (IOException e) {
                throw new IllegalStateException("the selector broke", e);
            }
            now = System.nanoTime();
            fireTimers();
            drainInbox();
            moveBulk();
            tidy();
        }
        closeAll();
    }

    private void tidy() {
        if (now - tidyAt >= 0) {
            tidyAt = now + TIDY_NANOS;
            slabs.tidy();
        }
    }

    /// Whatever is thrown here and below, also what no program should catch, ends one connection or
    /// one task: a loop that had ended would go on being connected to, and serve nobody.
    private void fireTimers() {
        try {
            timers.advance(now);
        } catch (RuntimeException | Error e) {
            // The timeout concerned has been unlinked; the others that are due fire next time.
            bugs.bug(e);
        }
    }

    /// 0 means "until something happens" to a selector; due timers ask for one millisecond at the
    /// most.
    private long sleepMillis() {
        long next = timers.nextDeadline();
        if (next == Long.MAX_VALUE) {
            return 0;
        }
        return Math.max(1, (next - System.nanoTime() + 999_999) / 1_000_000);
    }

    private void dispatch(SelectionKey key) {
        now = System.nanoTime();
        if (!key.isValid()) {
            return;
        }
        int operations = key.readyOps();
        if (key.attachment() instanceof SocketLink link) {
            if (link.isBulk()) {
                defer(link, operations);
            } else {
                dispatch(link, operations);
            }
        } else if (key.attachment() instanceof Ready ready) {
            try {
                ready.ready(operations);
            } catch (RuntimeException | Error e) {
                bugs.bug(e);
            }
        }
    }

    private void dispatch(SocketLink link, int operations) {
        try {
            link.ready(operations);
        } catch (RuntimeException | Error e) {
            bugs.bug(e);
            endAfterBug(link);
        }
    }

    /// It has its turn behind whoever has little to say: a request is not to wait for the bodies of
    /// two hundred others.
    void defer(SocketLink link, int operations) {
        if (link.defer(operations)) {
            bulk.addLast(link);
        }
    }

    private void moveBulk() {
        long end = bulk.isEmpty() ? 0 : System.nanoTime() + SLICE_NANOS;
        for (int n = bulk.size(); n > 0; n--) {
            SocketLink link = bulk.removeFirst();
            now = System.nanoTime();
            dispatch(link, link.takeDeferred());
            if (now - end >= 0) {
                return;
            }
        }
    }

    /// Whoever owns the connection is told, so that the exchange it serves ends too.
    private void endAfterBug(SocketLink link) {
        try {
            link.fail(new IOException("a mistake of the sidecar's own"));
        } catch (RuntimeException | Error e) {
            bugs.bug(e);
            link.abort();
        }
    }

    /// What is put in meanwhile is for the next round: a connection that has more to read than its
    /// turn allows asks for another one in this way, and must not have it before the others.
    private void drainInbox() {
        for (int n = inbox.size(); n > 0; n--) {
            try {
                inbox.remove().run();
            } catch (RuntimeException | Error e) {
                bugs.bug(e);
            }
        }
    }

    private void closeAll() {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof SocketLink link) {
                link.abort();
            } else {
                closeQuietly(key.channel());
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            bugs.bug(e);
        }
    }

    private void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            bugs.bug(e);
        }
    }

    void cannotAccept(IOException cause) {
        if (now - quietUntil >= 0) {
            quietUntil = now + QUIET_NANOS;
            bugs.cannotAccept(cause);
        }
    }

    SelectionKey register(SelectableChannel channel, int operations, Ready owner)
            throws IOException {
        return channel.register(selector, operations, owner);
    }

    /// Runs `task` on the loop, soon. Any thread.
    public void execute(Runnable task) {
        inbox.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /// Ends the loop and closes what is registered. Any thread.
    public void stop() {
        running = false;
        selector.wakeup();
    }

    public void schedule(Timeout timeout, long delayNanos) {
        timers.schedule(timeout, System.nanoTime() + delayNanos);
    }

    /// When the loop last woke, in nanoseconds of the JVM's monotonic clock; cheap.
    public long now() {
        return now;
    }

    /// The clock itself, for measuring within one wake-up.
    public long clock() {
        return System.nanoTime();
    }

    /// Something that may be ended while memory is short has begun.
    public void carry(Burden burden) {
        relief.carry(burden);
    }

    /// It has ended.
    public void putDown(Burden burden) {
        relief.putDown(burden);
    }

    BugReport bugs() {
        return bugs;
    }

    public SlabPool slabs() {
        return slabs;
    }

    /// Timeouts armed now.
    public int armedTimers() {
        return timers.armed();
    }

    /// Channels registered now: listeners and connections.
    public int channels() {
        return selector.keys().size();
    }

    /// Whether no connection should be begun that keeps others open for as long as it lasts.
    public boolean isCrowded() {
        return channels() >= mostChannels;
    }

    /// Whether no connection at all can be taken.
    boolean isFull() {
        return channels() >= mostChannels + SPARE_CHANNELS;
    }

    public Dice dice() {
        return dice;
    }

    public void assertInside() {
        assert Thread.currentThread() == thread : "called from " + Thread.currentThread();
    }
}
