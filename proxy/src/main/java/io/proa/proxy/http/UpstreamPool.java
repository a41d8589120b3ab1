package io.proa.proxy.http;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The HTTP/1.1 connections of one loop to one endpoint. The one used last is used first, so that a
/// calm pool shrinks from its cold end.
public final class UpstreamPool {
    /// Bounds of a pool.
    ///
    /// @param mostIdle connections kept without a request
    /// @param idleNanos how long one is kept; shorter than the endpoint's own patience avoids the
    ///   keep-alive race
    /// @param ageNanos how long one is used at all
    public record Limits(int mostIdle, long idleNanos, long ageNanos) {}

    private final Loop loop;
    private final HttpTools tools;
    private final Connector connector;
    private final UpstreamTarget target;
    private final Limits limits;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
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
    /// @param connectNanos bound on connecting, TLS included
    /// @param tryNanos bound on the first response byte, 0 = none
    public void send(
            Exchange exchange,
            int attempt,
            long connectNanos,
            long tryNanos,
            Reply<? super UpstreamResponse> reply) {
        UpstreamConnection connection = idle.pollFirst();
        // What may not be sent twice is not sent where the end may lie unread in the kernel.
        while (connection != null && !exchange.idempotent() && !connection.quiet()) {
            connection.close();
            connection = idle.pollFirst();
        }
        if (connection == null) {
            connection = new UpstreamConnection(this, loop, tools);
            connection.assign(exchange, attempt, tryNanos, reply);
            open++;
            try {
                connection.open(connector, connectNanos);
            } catch (IOException e) {
                connection.broken(e);
            }
        } else {
            connection.assign(exchange, attempt, tryNanos, reply);
            connection.sendRequest();
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
        if (closed
                || idle.size() >= limits.mostIdle()
                || loop.now() - connection.openedAt() > limits.ageNanos()) {
            connection.close();
        } else {
            idle.addFirst(connection);
            connection.idle(limits.idleNanos());
        }
    }

    void established(Link link) {
        connector.established(target, link);
    }

    void gone(UpstreamConnection connection, boolean wasEstablished) {
        open--;
        if (wasEstablished) {
            connector.closed(target);
        }
        idle.remove(connection);
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
        idle.clear();
        all.forEach(UpstreamConnection::close);
    }
}
