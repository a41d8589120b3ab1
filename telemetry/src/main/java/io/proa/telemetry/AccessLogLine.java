package io.proa.telemetry;

import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The JSON form of a record, with every field bounded.
final class AccessLogLine {
    private static final int LONGEST_PATH = 1_024;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_METHOD = 32;

    private final WallTime wallTime;

    AccessLogLine(WallTime wallTime) {
        this.wallTime = wallTime;
    }

    void write(ExchangeRecord record, StringBuilder to) {
        JsonText json = new JsonText(to).object();
        json.field("time", Instant.ofEpochMilli(wallTime.millisAt(record.startedAt)).toString())
                .field("direction", EdgeKey.label(record.direction))
                .field("security", EdgeKey.label(record.security));
        named(json, "service", record.service);
        named(json, "peer", record.peer);
        named(json, "remote", record.remote);
        text(json, "rule", record.rule, LONGEST_NAME);
        text(json, "method", record.method, LONGEST_METHOD);
        text(json, "authority", record.authority, LONGEST_NAME);
        if (record.ownTls) {
            json.field("own_tls", true);
            text(json, "sni", record.serverName, LONGEST_NAME);
            text(json, "alpn", record.offeredProtocols, LONGEST_NAME);
        }
        text(json, "path", withoutQuery(record.path), LONGEST_PATH);
        text(json, "request_id", record.requestId, RequestId.LONGEST);
        text(json, "trace_id", record.traceId, LONGEST_NAME);
        if (record.status != 0) {
            json.field("status", record.status);
        }
        if (record.upstreamStatus != 0 && record.upstreamStatus != record.status) {
            json.field("upstream_status", record.upstreamStatus);
        }
        if (record.reason != Reason.NONE) {
            json.field("reason", record.reason.code());
            text(json, "detail", record.detail, LONGEST_NAME);
        }
        attempts(json, record);
        json.field("bytes_received", record.bytesReceived)
                .field("bytes_sent", record.bytesSent)
                .field("duration_ms", (record.endedAt - record.startedAt) / 1e6);
        if (record.firstByteAt != 0) {
            json.field("first_byte_ms", (record.firstByteAt - record.startedAt) / 1e6);
        }
        json.field("added_ms", record.addedNanos / 1e6).endObject();
        to.append('\n');
    }

    private static void attempts(JsonText json, ExchangeRecord record) {
        json.field("attempts", record.attempts);
        if (record.callerAttempt > 1) {
            json.field("caller_attempt", record.callerAttempt);
        }
        int retried = Math.min(record.attempts - 1, record.retriedFor.length);
        if (retried > 0) {
            json.array("retried_for");
            for (int i = 0; i < retried; i++) {
                Reason why = record.retriedFor[i];
                json.item(why == null ? "" : why.code());
            }
            json.endArray();
        }
        if (record.budgetExhausted) {
            json.field("retry_budget_exhausted", true);
        }
    }

    private static void named(JsonText json, String name, @Nullable Object value) {
        if (value != null) {
            json.field(name, value.toString());
        }
    }

    private static void text(JsonText json, String name, String value, int longest) {
        if (!value.isEmpty()) {
            json.field(name, value, longest);
        }
    }

    /// A query may hold a token.
    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
