package io.proa.proxy.http;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The connections of one loop to one endpoint, in either version of HTTP; with HTTP/2 each of them
/// is a stream at a time. The one used last is used first, so that a calm pool shrinks from its
/// cold end.
public final class UpstreamPool {
    /// Bounds of a pool.
    ///
    /// @param mostIdle connections kept without a request
    /// @param idleNanos how long one is kept; shorter than the endpoint's own patience avoids the
    ///   keep-alive race
    /// @param ageNanos how long one is used at all
    /// @param mostOpen connections at once; further requests wait for one
    /// @param mostWaiting requests that may wait; further ones are refused
    public record Limits(
            int mostIdle, long idleNanos, long ageNanos, int mostOpen, int mostWaiting) {}

    private final Loop loop;
    private final HttpTools tools;
    private final Connector connector;
    private final UpstreamTarget target;
    private final Limits limits;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<UpstreamConnection> idleStreams = new ArrayDeque<>();
    private final ArrayDeque<WaitingRequest> waiting = new ArrayDeque<>();
    private int open;
    private boolean closed;

    public UpstreamPool(
            Loop loop, HttpTools tools, Connector connector, UpstreamTarget target, Limits limits) {
        this.loop = loop;
        this.tools = tools;
        this.connector = connector;
        this.target = target;
        this.limits = limits;
    }

    public UpstreamTarget target() {
        return target;
    }

    /// Sends the exchange's request as its attempt number `attempt` and answers with the response's
    /// head.
    ///
    /// @param connectNanos bound on connecting, TLS included, 0 = none
    /// @param tryNanos bound on the first response byte, 0 = none
    public void send(
            Exchange exchange,
            int attempt,
            long connectNanos,
            long tryNanos,
            Reply<? super UpstreamResponse> reply) {
        ArrayDeque<UpstreamConnection> idle = idle(exchange.version());
        UpstreamConnection connection = idle.pollFirst();
        // What may not be sent twice is not sent where the end may lie unread in the kernel.
        while (connection != null && !exchange.idempotent() && !connection.quiet()) {
            connection.close();
            connection = idle.pollFirst();
        }
        if (connection != null) {
            connection.serve(exchange, attempt, tryNanos, reply);
        } else if (open < limits.mostOpen()) {
            open(exchange, attempt, connectNanos, tryNanos, reply);
        } else if (waiting.size() < limits.mostWaiting()) {
            new WaitingRequest(exchange, attempt, connectNanos, tryNanos, reply).enqueue();
        } else {
            reply.failed(
                    new Failure.Refused(
                            Reason.SHED,
                            limits.mostOpen()
                                    + " connections to "
                                    + target.address()
                                    + " are busy and "
                                    + waiting.size()
                                    + " requests wait for one"));
        }
    }

    private ArrayDeque<UpstreamConnection> idle(HttpVersion version) {
        return switch (version) {
            case HTTP1 -> idle;
            case HTTP2 -> idleStreams;
        };
    }

    private void open(
            Exchange exchange,
            int attempt,
            long connectNanos,
            long tryNanos,
            Reply<? super UpstreamResponse> reply) {
        open++;
        new UpstreamConnection(this, exchange.version(), loop, tools)
                .open(exchange, attempt, connectNanos, tryNanos, reply, connector);
    }

    /// A request that found all connections busy. It waits as long as it would for connecting.
    private final class WaitingRequest extends Timeout implements Cancellable {
        private final Exchange exchange;
        private final int attempt;
        private final long connectNanos;
        private final long tryNanos;
        private final Reply<? super UpstreamResponse> reply;

        WaitingRequest(
                Exchange exchange,
                int attempt,
                long connectNanos,
                long tryNanos,
                Reply<? super UpstreamResponse> reply) {
            this.exchange = exchange;
            this.attempt = attempt;
            this.connectNanos = connectNanos;
            this.tryNanos = tryNanos;
            this.reply = reply;
        }

        void enqueue() {
            // The client's buffer, in which the head lies, does not hold still for us.
            exchange.requestHead(mesh(), attempt, loop.now());
            exchange.waitFor(this);
            waiting.addLast(this);
            if (connectNanos > 0) {
                loop.schedule(this, connectNanos);
            }
        }

        /// @param connection idle; null = a new one is opened
        void goOn(@Nullable UpstreamConnection connection) {
            cancel();
            if (connection == null) {
                open(exchange, attempt, connectNanos, tryNanos, reply);
            } else {
                connection.serve(exchange, attempt, tryNanos, reply);
            }
        }

        private void giveUp(Failure why) {
            waiting.remove(this);
            cancel();
            exchange.waitFor(null);
            reply.failed(why);
        }

        @Override
        protected void expired(long nowNanos) {
            giveUp(connectTimedOut());
        }

        @Override
        public void cancel(Failure why) {
            giveUp(why);
        }
    }

    /// A connection has gone: who waits longest may open one in its place.
    private void replace() {
        while (open < limits.mostOpen() && !waiting.isEmpty()) {
            waiting.removeFirst().goOn(null);
        }
    }

    Failure connectFailed(IOException cause) {
        connector.refused(target, cause);
        return new Failure.NotSent(
                ConnectFailures.reason(cause),
                target.address(),
                String.valueOf(connector.describe(cause)));
    }

    Failure connectTimedOut() {
        return new Failure.NotSent(
                Reason.CONNECT_TIMEOUT, target.address(), target.address().toString());
    }

    void release(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> idle = idle(connection.version());
        if (closed
                || idle.size() >= limits.mostIdle()
                || loop.now() - connection.openedAt() > limits.ageNanos()) {
            connection.close();
            return;
        }
        connection.idle(limits.idleNanos());
        WaitingRequest next = waiting.peekFirst();
        if (next == null) {
            idle.addFirst(connection);
        } else if (next.exchange.version() == connection.version()) {
            waiting.removeFirst().goOn(connection);
        } else {
            // It makes room for one that speaks as the next request does.
            connection.close();
        }
    }

    void established(Link link) {
        connector.established(target, link);
    }

    void gone(UpstreamConnection connection, boolean wasEstablished) {
        open--;
        if (wasEstablished) {
            connector.closed(target, connection.link());
        }
        idle(connection.version()).remove(connection);
        if (!waiting.isEmpty()) {
            loop.execute(this::replace);
        }
    }

    /// Connections open now.
    public int open() {
        return open;
    }

    /// Whether a response from here may carry a failure of the other sidecar.
    boolean mesh() {
        return target.mesh();
    }

    ExchangeRecord.Security security() {
        return target.identity() == null
                ? ExchangeRecord.Security.PLAINTEXT
                : ExchangeRecord.Security.MUTUAL_TLS;
    }

    public boolean isClosed() {
        return closed;
    }

    /// The endpoint is gone: idle connections close now, the others after their exchange.
    public void close() {
        closed = true;
        List<UpstreamConnection> all = new ArrayList<>(idle);
        all.addAll(idleStreams);
        idle.clear();
        idleStreams.clear();
        all.forEach(UpstreamConnection::close);
    }
}
