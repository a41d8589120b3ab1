package io.proa.proxy;

import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.proxy.http.Exchange;
import io.proa.telemetry.RequestId;
import io.proa.telemetry.TraceContext;
import io.proa.traffic.CallerContexts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Gives a request its ids where it has none that can be kept, and finds what is known under them.
final class Naming {
    private static final byte[] REQUEST_ID = "x-request-id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRACEPARENT = "traceparent: ".getBytes(StandardCharsets.US_ASCII);

    private static final int TRACE_ID_LENGTH = 32;

    private final LoopParts loop;
    private final byte[] traceId = new byte[TRACE_ID_LENGTH];

    Naming(LoopParts loop) {
        this.loop = loop;
    }

    void name(Exchange exchange) {
        MessageHead head = exchange.head();
        ByteBuffer bytes = exchange.headBytes();
        nameRequest(exchange, head, bytes);
        nameTrace(exchange, head, bytes);
        if (loop.settings().describeAll()) {
            exchange.record.path = exchange.path();
            int host = head.find(KnownHeader.HOST);
            exchange.record.authority = host < 0 ? "" : head.value(host);
        }
    }

    /// The trace id of the exchange named last, valid until the next one.
    byte[] traceId() {
        return traceId;
    }

    /// The key of the trace id at `offset`.
    long traceKey(ByteBuffer bytes, int offset) {
        return loop.callers().key(bytes, offset, TRACE_ID_LENGTH);
    }

    private void nameRequest(Exchange exchange, MessageHead head, ByteBuffer bytes) {
        int at = head.find(KnownHeader.X_REQUEST_ID);
        CallerContexts callers = loop.callers();
        if (at >= 0) {
            int start = head.valueStart(at);
            int length = head.valueEnd(at) - start;
            if (RequestId.valid(bytes, start, length)) {
                exchange.record.requestId = head.text(start, start + length);
                exchange.requestKey = callers.key(bytes, start, length);
                return;
            }
            exchange.edits().remove(KnownHeader.X_REQUEST_ID);
        }
        byte[] made = RequestId.made(loop.loop().dice());
        exchange.edits().add(REQUEST_ID, made);
        exchange.record.requestId = new String(made, StandardCharsets.ISO_8859_1);
        exchange.requestKey = callers.key(ByteBuffer.wrap(made), 0, made.length);
    }

    private void nameTrace(Exchange exchange, MessageHead head, ByteBuffer bytes) {
        int at = head.find(KnownHeader.TRACEPARENT);
        if (at >= 0) {
            int start = head.valueStart(at);
            if (TraceContext.valid(bytes, start, head.valueEnd(at) - start)) {
                int id = TraceContext.traceIdAt(start);
                exchange.traceKey = traceKey(bytes, id);
                bytes.get(id, traceId);
                if (loop.settings().describeAll()) {
                    exchange.record.traceId = TraceContext.traceId(bytes, start);
                }
                return;
            }
            exchange.edits().remove(KnownHeader.TRACEPARENT);
        }
        byte[] made = TraceContext.made(loop.loop().dice(), false);
        exchange.edits().add(TRACEPARENT, made);
        exchange.traceKey = traceKey(ByteBuffer.wrap(made), TraceContext.traceIdAt(0));
        System.arraycopy(made, TraceContext.traceIdAt(0), traceId, 0, TRACE_ID_LENGTH);
        if (loop.settings().describeAll()) {
            exchange.record.traceId = TraceContext.traceId(made);
        }
    }
}
