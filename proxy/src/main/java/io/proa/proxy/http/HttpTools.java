package io.proa.proxy.http;

import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.MessageHead;

/// What one loop needs once for all its HTTP connections. The heads and edits are valid only within
/// the call that filled them: whatever must last longer is copied out.
public final class HttpTools {
    final HeadLimits limits;
    final MessageHead responseHead = new MessageHead();
    final HeadEdits requestEdits = new HeadEdits();
    final HeadEdits responseEdits = new HeadEdits();
    private MessageHead spareRequestHead = new MessageHead();

    public HttpTools(HeadLimits limits) {
        this.limits = limits;
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
