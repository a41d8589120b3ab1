package io.proa.proxy.http;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.traffic.Reply;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One connection to an endpoint, or a stream of one: how it comes to stand, lies idle in its pool
/// and ends. What belongs to the one request it serves at a time is its [UpstreamExchange].
///
/// It is in its pool exactly while it is idle, and counted there from its first call to its one
/// end.
final class UpstreamConnection implements LinkHandler {
    private static final long DISCARD_NANOS = 1_000_000_000L;
    private static final int MOST_READS = 4;

    private enum State {
        CONNECTING,
        IDLE,
        BUSY,
        DISCARDING,
        TUNNEL
    }

    private final UpstreamPool pool;
    private final HttpVersion version;
    private final Loop loop;
    private final UpstreamExchange use;
    private final Timer timer = new Timer();
    private final long openedAt;
    private @Nullable Link link;
    private State state = State.CONNECTING;
    private int served;
    private boolean counted;
    private boolean gone;

    UpstreamConnection(UpstreamPool pool, HttpVersion version, Loop loop, HttpTools tools) {
        this.pool = pool;
        this.version = version;
        this.loop = loop;
        this.use = new UpstreamExchange(this, pool, loop, tools);
        this.openedAt = loop.now();
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            timedOut();
        }
    }

    HttpVersion version() {
        return version;
    }

    long openedAt() {
        return openedAt;
    }

    /// Requests answered so far.
    int served() {
        return served;
    }

    Link link() {
        return Objects.requireNonNull(link);
    }

    /// Opens it for its first request, whose attempt number is `number`.
    ///
    /// @param connectNanos bound on connecting, 0 = none
    /// @param tryNanos bound on the response's head, 0 = none
    void open(
            Exchange exchange,
            int number,
            long connectNanos,
            long tryNanos,
            Reply<? super UpstreamResponse> reply,
            Connector connector) {
        use.begin(exchange, number, tryNanos, reply);
        use.writeHead();
        await(connectNanos);
        try {
            link = connector.connect(pool.target(), version.alpn(), this);
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void established() {
        counted = true;
        pool.established(link());
        state = State.BUSY;
        use.send(false);
    }

    /// Serves another request.
    void serve(
            Exchange exchange, int number, long tryNanos, Reply<? super UpstreamResponse> reply) {
        state = State.BUSY;
        use.begin(exchange, number, tryNanos, reply);
        use.send(true);
    }

    /// The one timer: for connecting, a try, lying idle, or the rest of what is thrown away.
    ///
    /// @param nanos 0 = nothing is awaited
    void await(long nanos) {
        if (nanos > 0) {
            loop.schedule(timer, nanos);
        } else {
            timer.cancel();
        }
    }

    @Override
    public void writable() {
        if (state == State.BUSY) {
            use.writable();
        }
    }

    @Override
    public void readable() {
        try {
            for (int i = 0; i < MOST_READS; i++) {
                int n = link().fill();
                if (n < 0) {
                    ended();
                    return;
                }
                if (n == 0 || !received() || !link().hasBuffered()) {
                    return;
                }
            }
            // The others' turn.
            link().readBuffered();
        } catch (IOException e) {
            broken(e);
        }
    }

    /// @return whether more may be read
    private boolean received() throws IOException {
        boolean more =
                switch (state) {
                    case CONNECTING -> true;
                    case IDLE -> {
                        // Bytes that nobody asked for.
                        close();
                        yield false;
                    }
                    case BUSY -> use.received();
                    case DISCARDING -> {
                        drop();
                        yield true;
                    }
                    case TUNNEL -> false;
                };
        return more && !gone && state != State.TUNNEL;
    }

    /// Its exchange has come to its end.
    ///
    /// @param clean whether nothing of it is left over in either direction
    void endUse(boolean clean) {
        await(0);
        link().settle();
        if (clean && link().in == null) {
            served++;
            state = State.IDLE;
            pool.release(this);
        } else {
            close();
        }
    }

    /// Reads the rest of a response off that nobody wants.
    void discard() {
        state = State.DISCARDING;
        await(DISCARD_NANOS);
        try {
            drop();
        } catch (IOException _) {
            close();
        }
    }

    private void drop() throws IOException {
        boolean all = use.response().dropped();
        link().settle();
        if (all) {
            endUse(use.response().reusable());
        }
    }

    void idle(long idleNanos) {
        link().wantRead(true);
        await(idleNanos);
    }

    /// Whether nothing has come while it lay idle: an end, or bytes that nobody asked for, must not
    /// meet the next request. The selector may not have come round to telling yet.
    boolean quiet() {
        try {
            return link().fill() == 0 && !gone;
        } catch (IOException _) {
            return false;
        }
    }

    /// The link is somebody else's now, who calls [#left] when it is over.
    void leave() {
        await(0);
        state = State.TUNNEL;
    }

    void left() {
        end();
    }

    private void timedOut() {
        switch (state) {
            case CONNECTING -> use.fail(pool.connectTimedOut());
            case IDLE, DISCARDING -> close();
            case BUSY -> use.timedOut();
            case TUNNEL -> {}
        }
    }

    /// The endpoint ended its direction in order.
    private void ended() {
        switch (state) {
            case CONNECTING -> broken(new IOException("closed during the handshake"));
            case IDLE, DISCARDING -> close();
            case BUSY -> use.ended();
            case TUNNEL -> {}
        }
    }

    @Override
    public void broken(IOException cause) {
        switch (state) {
            case CONNECTING -> use.fail(pool.connectFailed(cause));
            case IDLE, DISCARDING, TUNNEL -> close();
            case BUSY -> use.broken(cause);
        }
    }

    void close() {
        end();
        if (link != null) {
            link.close();
        }
    }

    void abort() {
        end();
        if (link != null) {
            link.abort();
        }
    }

    private void end() {
        await(0);
        if (!gone) {
            gone = true;
            pool.gone(this, counted);
        }
    }
}
