package io.proa.proxy.http;

import io.proa.formats.StatusLines;
import io.proa.traffic.Reason;
import java.nio.charset.StandardCharsets;

/// The one place where a [Reason] becomes a response of the sidecar's own.
final class SidecarAnswer {
    private SidecarAnswer() {}

    /// As gRPC has it: all is well with HTTP, and the trailers, which come alone, say what is not.
    /// A line without a space behind its colon is made here and does not travel.
    static byte[] ofGrpc(Reason reason, String code, String detail) {
        String sentence = detail.isEmpty() ? reason.sentence() : reason.sentence() + ": " + detail;
        return ("HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ngrpc-status: "
                        + GrpcStatus.of(reason)
                        + "\r\ngrpc-message: "
                        + GrpcStatus.message("proa: " + sentence)
                        + "\r\nx-proa-reason: "
                        + code
                        + "\r\ncontent-length:0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] of(Reason reason, String code, String detail, boolean close, boolean head) {
        String sentence = detail.isEmpty() ? reason.sentence() : reason.sentence() + ": " + detail;
        return StatusLines.response(reason.status(), code, "proa: " + sentence + "\n", close, head);
    }
}
