package io.proa.traffic;

import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import org.jspecify.annotations.Nullable;

/// Everything worth knowing about one exchange, filled along the way and handed over once when it
/// ends; metrics, access log and traces read nothing else.
///
/// Mutable and confined to one loop until it is handed over. Times are loop times in nanoseconds; 0
/// = did not happen.
public final class ExchangeRecord {
    /// Which side of the sidecar.
    public enum Direction {
        INBOUND,
        OUTBOUND
    }

    /// How the other sidecar, or the outside, was spoken to.
    public enum Security {
        /// Mutual TLS inside the mesh.
        MUTUAL_TLS,
        /// Plaintext from or to something outside the mesh.
        PLAINTEXT
    }

    public final Direction direction;
    public Security security = Security.PLAINTEXT;

    /// The service asked for; null for destinations outside the mesh.
    public @Nullable ServiceName service;

    public String rule = "";

    /// Who called (inbound) or answered (outbound), as proven by its certificate.
    public @Nullable SpiffeId peer;

    public @Nullable IpPort remote;

    /// `GET`...; `TCP` for opaque connections.
    public String method = "";

    public String path = "";
    public String authority = "";
    public String requestId = "";

    /// Whether the application began TLS itself, inside the connection.
    public boolean ownTls;

    /// Which host it asked for there (SNI), and which protocols it offered (ALPN), with blanks
    /// between; empty where it said nothing, or nothing that could be understood.
    public String serverName = "";

    public String offeredProtocols = "";

    /// 32 hexadecimal digits (W3C Trace Context).
    public String traceId = "";

    /// Of the response the caller saw; 0 for opaque connections or when there was none.
    public int status;

    /// Of the last attempt that was answered, before the sidecar replaced it.
    public int upstreamStatus;

    public Reason reason = Reason.NONE;
    public String detail = "";
    public int attempts;

    /// What made the sidecar try again, by attempt; NONE-terminated by `attempts - 1`.
    public final Reason[] retriedFor = new Reason[9];

    /// Whether a retry was wanted and the budget had none.
    public boolean budgetExhausted;

    /// The caller's own attempt number as announced by its sidecar, 1 where unknown.
    public int callerAttempt = 1;

    /// Attempts that failed (status 5xx or no answer), for the success rate as it really was.
    public int failedAttempts;

    public long startedAt;
    public long headReadAt;
    public long sentAt;
    public long firstByteAt;
    public long endedAt;

    /// Time spent in the sidecar itself, apart from waiting for upstream, backoff or the client.
    public long addedNanos;

    public long bytesReceived;
    public long bytesSent;

    public ExchangeRecord(Direction direction, long startedAt) {
        this.direction = direction;
        this.startedAt = startedAt;
    }

    public boolean failed() {
        return reason != Reason.NONE || status >= 500;
    }
}
