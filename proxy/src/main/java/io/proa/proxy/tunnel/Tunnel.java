package io.proa.proxy.tunnel;

import io.proa.formats.ClientHello;
import io.proa.proxy.loop.Burden;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.TlsBroken;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Two connections joined byte for byte: an orderly end of one direction becomes an orderly end of
/// the other (FIN and close_notify), a reset becomes a reset, and an end without close_notify never
/// looks like an orderly one.
public final class Tunnel implements Burden {
    private static final int MOST_READS = 4;

    private final Loop loop;
    private final Link client;
    private final Link upstream;
    private final Direction toUpstream;
    private final Direction toClient;
    private final ExchangeRecord record;
    private final Consumer<ExchangeRecord> observer;
    private final long idleNanos;
    private final IdleTimer idle = new IdleTimer();
    private long lastActive;
    private boolean over;

    /// Reads along where the client begins TLS; null once that is known, or is not so.
    private @Nullable ClientHello hello;

    private boolean begun;

    /// @param client established; may have bytes waiting
    /// @param upstream established
    public Tunnel(
            Link client,
            Link upstream,
            ExchangeRecord record,
            Consumer<ExchangeRecord> observer,
            long idleNanos) {
        this.loop = client.loop();
        this.client = client;
        this.upstream = upstream;
        this.record = record;
        this.observer = observer;
        this.idleNanos = idleNanos;
        this.toUpstream = new Direction(client, upstream, true);
        this.toClient = new Direction(upstream, client, false);
    }

    /// Looks after a while whether anything has moved; re-arming per byte would cost more than it
    /// is worth.
    private final class IdleTimer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            long quiet = loop.now() - lastActive;
            if (quiet >= idleNanos) {
                end(Reason.IDLE_TIMEOUT, "no byte for " + quiet / 1_000_000_000 + " s", true);
            } else {
                loop.schedule(this, idleNanos - quiet);
            }
        }
    }

    /// Takes both links over.
    public void start() {
        lastActive = loop.now();
        loop.carry(this);
        if (idleNanos > 0) {
            loop.schedule(idle, idleNanos);
        }
        client.handler(new End(toUpstream, toClient));
        upstream.handler(new End(toClient, toUpstream));
        toUpstream.moveOrEnd();
        if (!over) {
            toClient.moveOrEnd();
        }
        if (!over) {
            client.resumeRead();
            upstream.resumeRead();
        }
    }

    /// The handler of one link: it is the source of one direction and the sink of the other.
    private final class End implements LinkHandler {
        private final Direction from;
        private final Direction into;

        End(Direction from, Direction into) {
            this.from = from;
            this.into = into;
        }

        @Override
        public void readable() {
            from.read();
        }

        @Override
        public void writable() {
            into.moveOrEnd();
            if (!over) {
                into.resume();
            }
        }

        @Override
        public void broken(IOException cause) {
            Tunnel.this.broken(from == toUpstream, cause);
        }
    }

    private final class Direction {
        private final Link source;
        private final Link sink;
        private final boolean up;
        private boolean sourceEnded;
        private boolean done;
        private boolean paused;

        Direction(Link source, Link sink, boolean up) {
            this.source = source;
            this.sink = sink;
            this.up = up;
        }

        void read() {
            try {
                for (int i = 0; i < MOST_READS; i++) {
                    int n = source.fill();
                    if (n < 0) {
                        sourceEnded = true;
                        source.wantRead(false);
                    }
                    move();
                    if (n <= 0 || over || paused || !source.hasBuffered()) {
                        return;
                    }
                }
                // The others' turn.
                source.readBuffered();
            } catch (IOException e) {
                broken(up, e);
            }
        }

        void moveOrEnd() {
            try {
                move();
            } catch (IOException e) {
                broken(!up, e);
            }
        }

        private void move() throws IOException {
            Slab slab = source.in;
            while (slab != null && !slab.isEmpty()) {
                int n = sink.write(slab, slab.head, slab.tail);
                if (n == 0) {
                    pause();
                    return;
                }
                lastActive = loop.now();
                if (up && (!begun || hello != null)) {
                    readAlong(slab, n);
                }
                slab.head += n;
                if (up) {
                    record.bytesReceived += n;
                } else {
                    record.bytesSent += n;
                }
            }
            source.settle();
            if (sourceEnded && !done) {
                done = true;
                sink.endOutput();
                if (toUpstream.done && toClient.done) {
                    end(Reason.NONE, "", false);
                }
            }
        }

        private void pause() {
            if (!paused) {
                paused = true;
                source.wantRead(false);
            }
        }

        void resume() {
            if (paused && source.in == null) {
                paused = false;
                if (!sourceEnded) {
                    source.resumeRead();
                }
            }
        }
    }

    @Override
    public long quietSince() {
        boolean holds = client.in != null || upstream.in != null;
        return over || !holds ? Long.MAX_VALUE : lastActive;
    }

    @Override
    public void shed() {
        end(Reason.SHED, "it held memory and did not move", true);
    }

    /// Bytes that have gone on already: nothing waits for what is found.
    private void readAlong(Slab slab, int n) {
        if (!begun) {
            begun = true;
            record.ownTls = FirstBytes.beginsTls(slab.whole(), slab.head, slab.head + n);
            hello = record.ownTls ? new ClientHello() : null;
        }
        ClientHello reading = hello;
        if (reading != null
                && reading.read(slab.whole(), slab.head, slab.head + n)
                        != ClientHello.State.READING) {
            record.serverName = reading.serverName();
            record.offeredProtocols = reading.protocols();
            hello = null;
        }
    }

    private void broken(boolean clientSide, IOException cause) {
        boolean truncated = cause instanceof TlsBroken;
        Reason reason =
                clientSide
                        ? Reason.CLIENT_GONE
                        : truncated ? Reason.UPSTREAM_TRUNCATED : Reason.UPSTREAM_RESET;
        end(reason, String.valueOf(cause.getMessage()), true);
    }

    private void end(Reason reason, String detail, boolean reset) {
        if (over) {
            return;
        }
        over = true;
        idle.cancel();
        loop.putDown(this);
        if (reset) {
            client.abort();
            upstream.abort();
        } else {
            client.close();
            upstream.close();
        }
        record.reason = reason;
        record.detail = detail;
        record.endedAt = loop.clock();
        observer.accept(record);
    }
}
