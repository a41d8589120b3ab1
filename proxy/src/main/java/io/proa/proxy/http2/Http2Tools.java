package io.proa.proxy.http2;

import io.proa.formats.FieldBlocks;
import io.proa.formats.FieldSection;
import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.SlabPool;

/// What one loop needs once for all its HTTP/2 connections; each part is used within one call.
public final class Http2Tools {
    /// On heads that are written here, which have passed or are our own.
    static final HeadLimits OWN = new HeadLimits(SlabPool.LARGE, 10_000);

    private static final int ROOM_FOR_LINES = 4096;

    final HeadLimits limits;

    /// For heads from other sidecars.
    final HeadLimits meshLimits;

    final FieldSection section = new FieldSection();
    final MessageHead received = new MessageHead();
    final MessageHead sent = new MessageHead();
    final FieldBlocks blocks = new FieldBlocks();
    final HeadEdits edits = new HeadEdits();

    /// @param limits on heads, which are those of HTTP/1.1
    public Http2Tools(HeadLimits limits) {
        this.limits = within(limits, SlabPool.LARGE - 2 * ROOM_FOR_LINES);
        this.meshLimits = within(limits.forNextHop(), SlabPool.LARGE - ROOM_FOR_LINES);
        edits.keepTrailerAllowance();
    }

    /// A head is read and written in one slab each.
    private static HeadLimits within(HeadLimits limits, int mostBytes) {
        return new HeadLimits(Math.min(limits.maxBytes(), mostBytes), limits.maxHeaders());
    }
}
