package io.proa.proxy.http;

import io.proa.formats.StatusLines;
import io.proa.traffic.Reason;

/// The one place where a [Reason] becomes a response of the sidecar's own.
final class SidecarAnswer {
    private SidecarAnswer() {}

    static byte[] of(Reason reason, String code, String detail, boolean close, boolean head) {
        String sentence = detail.isEmpty() ? reason.sentence() : reason.sentence() + ": " + detail;
        return StatusLines.response(reason.status(), code, "proa: " + sentence + "\n", close, head);
    }
}
