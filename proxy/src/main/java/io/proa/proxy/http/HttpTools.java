package io.proa.proxy.http;

import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.SlabPool;

/// What one loop needs once for all its HTTP connections. The heads and edits are valid only within
/// the call that filled them: whatever must last longer is copied out.
public final class HttpTools {
    private static final int ROOM_FOR_LINES = 1024;
    private static final int ROOM_FOR_MESH_LINES = 1024;

    /// For heads from applications and from outside.
    final HeadLimits limits;

    /// For heads from other sidecars, who may have added lines to one that was just within theirs.
    final HeadLimits meshLimits;

    final MessageHead responseHead = new MessageHead();
    final HeadEdits requestEdits = new HeadEdits();
    final HeadEdits responseEdits = new HeadEdits();
    private MessageHead spareRequestHead = new MessageHead();

    public HttpTools(HeadLimits limits) {
        this.limits = within(limits, SlabPool.LARGE - ROOM_FOR_MESH_LINES - ROOM_FOR_LINES);
        this.meshLimits = within(limits.forNextHop(), SlabPool.LARGE - ROOM_FOR_LINES);
    }

    /// A head is read and written in one slab each, lines added.
    private static HeadLimits within(HeadLimits limits, int mostBytes) {
        return new HeadLimits(Math.min(limits.maxBytes(), mostBytes), limits.maxHeaders());
    }

    /// The loop's request head; a connection whose head arrives in pieces keeps it, and the loop
    /// gets a new one.
    MessageHead lendRequestHead() {
        return spareRequestHead;
    }

    void keepRequestHead(MessageHead kept) {
        if (kept == spareRequestHead) {
            spareRequestHead = new MessageHead();
        }
    }
}
