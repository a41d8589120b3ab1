package io.proa.traffic;

import io.proa.model.IpPort;
import io.proa.model.ServiceName;

/// Why a call has no answer: a value, not an exception. Each kind says how far the request had got,
/// which alone decides whether it may be tried again.
public sealed interface Failure {
    Reason reason();

    /// The facts of this one failure, for people; never a secret.
    String detail();

    /// Nothing reached the endpoint: any method may be tried again.
    record NotSent(Reason reason, IpPort endpoint, String detail) implements Failure {}

    /// A mesh peer closed in order (close_notify) without a response byte: it had not processed the
    /// request.
    record Unprocessed(IpPort endpoint) implements Failure {
        @Override
        public Reason reason() {
            return Reason.PEER_UNPROCESSED;
        }

        @Override
        public String detail() {
            return endpoint.toString();
        }
    }

    /// Bytes were sent and the connection ended before a response byte.
    ///
    /// @param reused whether the connection had served a request before: the keep-alive race (RFC
    ///   9112 section 9.3.1)
    record Lost(Reason reason, IpPort endpoint, boolean reused, String detail) implements Failure {}

    /// One try took longer than its own bound; nothing of a response was seen.
    record TryTimedOut(IpPort endpoint) implements Failure {
        @Override
        public Reason reason() {
            return Reason.PER_TRY_TIMEOUT;
        }

        @Override
        public String detail() {
            return endpoint.toString();
        }
    }

    /// The response had begun: it can neither be repeated nor completed.
    record Broken(Reason reason, IpPort endpoint, String detail) implements Failure {}

    /// There was nowhere to send it.
    record Unroutable(Reason reason, ServiceName service) implements Failure {
        @Override
        public String detail() {
            return service.toString();
        }
    }

    /// The sidecar decided against it: policy, load, deadline, malformed request. Never tried
    /// again.
    record Refused(Reason reason, String detail) implements Failure {}
}
