package io.proa.proxy.http2;

import io.proa.formats.FieldBlocks;
import io.proa.formats.FieldSection;
import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.MessageHead;

/// What one loop needs once for all its HTTP/2 connections; each part is used within one call.
public final class Http2Tools {
    final HeadLimits limits;
    final FieldSection section = new FieldSection();
    final MessageHead received = new MessageHead();
    final MessageHead sent = new MessageHead();
    final FieldBlocks blocks = new FieldBlocks();
    final HeadEdits edits = new HeadEdits();

    /// @param limits on heads, which are those of HTTP/1.1
    public Http2Tools(HeadLimits limits) {
        this.limits = limits;
        edits.keepTrailerAllowance();
    }

    /// Bytes of names and values, and 32 for each field (RFC 9113 section 6.5.2).
    int mostHeaderBytes() {
        return limits.maxBytes();
    }
}
