package io.proa.proxy.http;

import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.model.IpPort;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import org.jspecify.annotations.Nullable;

/// How an inbound sidecar tells the outbound one that its application gave no answer, and how far
/// the request had got: `x-proa-reason: upstream_closed;reused=1`. An application cannot forge it:
/// its own is removed on the way out.
final class PeerReason {
    private static final String REUSED = ";reused=1";

    private PeerReason() {}

    static String encode(Failure failure) {
        return failure instanceof Failure.Lost lost && lost.reused()
                ? lost.reason().code() + REUSED
                : failure.reason().code();
    }

    /// Why the endpoint's sidecar answered in its application's place, for the record of who passes
    /// that on; [Reason#NONE] where the answer is the application's.
    static Reason of(MessageHead head) {
        int at = head.find(KnownHeader.X_PROA_REASON);
        Reason known = at < 0 ? null : Reason.coded(head.value(at));
        return known == null ? Reason.NONE : known;
    }

    /// @return null where the response is the application's, or a decision that must reach the
    ///   caller as it is
    static @Nullable Failure failure(MessageHead head, IpPort endpoint) {
        int at = head.find(KnownHeader.X_PROA_REASON);
        if (at < 0) {
            return null;
        }
        String value = head.value(at);
        boolean reused = value.endsWith(REUSED);
        String code = reused ? value.substring(0, value.length() - REUSED.length()) : value;
        String detail = "the endpoint's application";
        return switch (code) {
            case "connect_failed" -> new Failure.NotSent(Reason.CONNECT_FAILED, endpoint, detail);
            case "connect_timeout" -> new Failure.NotSent(Reason.CONNECT_TIMEOUT, endpoint, detail);
            case "peer_unprocessed" -> new Failure.Unprocessed(endpoint);
            case "draining" -> new Failure.NotSent(Reason.DRAINING, endpoint, detail);
            case "upstream_reset" ->
                    new Failure.Lost(Reason.UPSTREAM_RESET, endpoint, reused, detail);
            case "upstream_closed" ->
                    new Failure.Lost(Reason.UPSTREAM_CLOSED, endpoint, reused, detail);
            case "upstream_protocol" ->
                    new Failure.Broken(Reason.UPSTREAM_PROTOCOL, endpoint, detail);
            default -> null;
        };
    }
}
