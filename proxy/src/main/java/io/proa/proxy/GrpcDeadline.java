package io.proa.proxy;

import io.proa.formats.GrpcTimeout;
import io.proa.formats.KnownHeader;
import io.proa.proxy.http.Exchange;

/// The deadline that a gRPC caller says itself, in `grpc-timeout`.
final class GrpcDeadline {
    private GrpcDeadline() {}

    /// @return loop time; `Long.MAX_VALUE` = none
    static long of(Exchange exchange) {
        long nanos = timeout(exchange);
        return nanos < 0 ? Long.MAX_VALUE : exchange.record.startedAt + nanos;
    }

    private static long timeout(Exchange exchange) {
        int at = exchange.isGrpc() ? exchange.head().find(KnownHeader.GRPC_TIMEOUT) : -1;
        return at < 0
                ? -1
                : GrpcTimeout.parse(
                        exchange.headBytes(),
                        exchange.head().valueStart(at),
                        exchange.head().valueEnd(at));
    }

    /// Tells the application how much is left of its caller's time, where that is less than the
    /// caller still thought.
    ///
    /// @param deadline of the caller's sidecar, loop time; `Long.MAX_VALUE` = none
    static void passOn(Exchange exchange, long deadline) {
        long said = timeout(exchange);
        long left = Math.max(0, deadline - exchange.loop().now());
        if (said > left) {
            exchange.edits().replace(KnownHeader.GRPC_TIMEOUT, GrpcTimeout.write(left));
        }
    }
}
