package io.proa.proxy.http;

import io.proa.formats.HeadEdits;
import io.proa.formats.HeadWriter;
import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;

/// Writes a response's head as it travels on.
final class ResponseHeads {
    private static final int SLACK = 128;

    private ResponseHeads() {}

    /// What is changed in any response.
    ///
    /// @param fromMesh whether another sidecar sent it, whose reason is worth passing on
    static HeadEdits edits(HttpTools tools, boolean fromMesh) {
        HeadEdits edits = tools.responseEdits;
        edits.clear();
        edits.version11();
        if (!fromMesh) {
            edits.remove(KnownHeader.X_PROA_REASON);
        }
        return edits;
    }

    /// @param behind bytes of the body that may go out with it
    /// @return a slab with the head and room for that
    static Slab write(MessageHead head, Slab source, int behind, HeadEdits edits, SlabPool slabs) {
        int length = head.end() - head.start() + SLACK;
        Slab out =
                slabs.take(
                        Math.min(
                                SlabPool.LARGE,
                                Math.max(length, Math.min(SlabPool.RECORD, length + behind))));
        if (!HeadWriter.forwardResponse(head, source.whole(), out.space(), edits)) {
            throw new IllegalStateException("a head within the limits fits into its slab");
        }
        out.tail = out.buffer.position();
        return out;
    }
}
