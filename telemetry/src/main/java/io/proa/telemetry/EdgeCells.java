package io.proa.telemetry;

import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Methods;
import io.proa.traffic.Reason;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// What one loop has counted of one edge: a direction, a service, a peer and how it was spoken to.
final class EdgeCells {
    static final int REQUESTS = 0;
    static final int FAILED = 1;
    static final int ATTEMPTS = 2;
    static final int FAILED_ATTEMPTS = 3;
    static final int BUDGET_EXHAUSTED = 4;
    static final int BYTES_RECEIVED = 5;
    static final int BYTES_SENT = 6;

    /// Exchanges that left the sidecar in plaintext.
    static final int PLAINTEXT = 7;

    /// Connections on which the application began TLS itself.
    static final int OWN_TLS = 8;

    static final int TOTALS = 9;

    static final int REASONS = Reason.COUNT;
    private static final int STATUS_CLASSES = 6;

    final Direction direction;
    final @Nullable ServiceName service;
    final @Nullable SpiffeId peer;

    /// Null where nothing was sent, so nothing can be said.
    final @Nullable Security security;

    final AtomicLongArray totals = new AtomicLongArray(TOTALS);
    final AtomicLongArray retries = new AtomicLongArray(REASONS);
    final CodedCounters requests = new CodedCounters();
    final LatencyHistogram duration = new LatencyHistogram();
    final LatencyHistogram added = new LatencyHistogram();

    EdgeCells(
            Direction direction,
            @Nullable ServiceName service,
            @Nullable SpiffeId peer,
            @Nullable Security security) {
        this.direction = direction;
        this.service = service;
        this.peer = peer;
        this.security = security;
    }

    /// Counts all of `record` but its request series.
    void count(ExchangeRecord record) {
        add(REQUESTS, 1);
        add(FAILED, record.failed() ? 1 : 0);
        add(ATTEMPTS, record.attempts);
        add(FAILED_ATTEMPTS, record.failedAttempts);
        add(BUDGET_EXHAUSTED, record.budgetExhausted ? 1 : 0);
        add(BYTES_RECEIVED, record.bytesReceived);
        add(BYTES_SENT, record.bytesSent);
        add(OWN_TLS, record.ownTls ? 1 : 0);
        add(PLAINTEXT, security == Security.PLAINTEXT ? 1 : 0);
        int retried = Math.min(record.attempts - 1, record.retriedFor.length);
        for (int i = 0; i < retried; i++) {
            Reason why = record.retriedFor[i];
            if (why != null) {
                retries.setOpaque(why.number(), retries.getPlain(why.number()) + 1);
            }
        }
        if (record.status != 0) {
            // An opaque connection lasts as long as its application likes: no latency of anything.
            duration.record(record.endedAt - record.startedAt);
            added.record(record.addedNanos);
        }
    }

    private void add(int total, long more) {
        if (more != 0) {
            totals.setOpaque(total, totals.getPlain(total) + more);
        }
    }

    boolean is(
            Direction otherDirection,
            @Nullable ServiceName otherService,
            @Nullable SpiffeId otherPeer,
            @Nullable Security otherSecurity) {
        return direction == otherDirection
                && security == otherSecurity
                && same(service, otherService)
                && same(peer, otherPeer);
    }

    /// Spelled out, because the generated `equals` and `hashCode` of records cost start-up time.
    static int hash(
            Direction direction,
            @Nullable ServiceName service,
            @Nullable SpiffeId peer,
            @Nullable Security security) {
        int hash = direction == Direction.INBOUND ? 3 : 5;
        if (security != null) {
            hash *= security == Security.MUTUAL_TLS ? 7 : 11;
        }
        if (service != null) {
            hash = (hash * 31 + service.name().hashCode()) * 31 + service.namespace().hashCode();
        }
        if (peer != null) {
            hash = (hash * 31 + peer.path().hashCode()) * 31 + peer.trustDomain().hashCode();
        }
        return hash ^ hash >>> 15;
    }

    private static boolean same(@Nullable ServiceName a, @Nullable ServiceName b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return a.name().equals(b.name()) && a.namespace().equals(b.namespace());
    }

    private static boolean same(@Nullable SpiffeId a, @Nullable SpiffeId b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return a.path().equals(b.path()) && a.trustDomain().equals(b.trustDomain());
    }

    static int requestCode(ExchangeRecord record) {
        int statusClass = record.status < 100 || record.status > 599 ? 0 : record.status / 100;
        return (Methods.index(record.method) * STATUS_CLASSES + statusClass) * REASONS
                + record.reason.number();
    }

    static String methodOf(int code) {
        return Methods.label(code / REASONS / STATUS_CLASSES);
    }

    static String statusClassOf(int code) {
        return switch (code / REASONS % STATUS_CLASSES) {
            case 1 -> "1xx";
            case 2 -> "2xx";
            case 3 -> "3xx";
            case 4 -> "4xx";
            case 5 -> "5xx";
            default -> "none";
        };
    }

    static Reason reasonOf(int code) {
        return Reason.numbered(code % REASONS);
    }
}
