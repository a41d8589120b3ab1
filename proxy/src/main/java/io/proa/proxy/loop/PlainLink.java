package io.proa.proxy.loop;

import io.proa.identity.VerifiedPeer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A connection whose bytes are on the wire as they are.
public final class PlainLink extends SocketLink {
    private boolean outputEnded;

    public PlainLink(Loop loop, SocketChannel channel, LinkHandler handler, int interest)
            throws IOException {
        super(loop, channel, handler, interest);
    }

    @Override
    protected void connected() {
        handler().established();
    }

    @Override
    public int fill() throws IOException {
        Slab slab = roomForInput();
        if (slab == null) {
            return 0;
        }
        try {
            int n = channel.read(slab.space());
            if (n > 0) {
                slab.tail += n;
                moved(n);
            }
            return n;
        } finally {
            settle();
        }
    }

    @Override
    public int write(Slab from, int start, int end) throws IOException {
        if (backlog != null || start == end) {
            return 0;
        }
        int n = channel.write(window(from, start, end));
        moved(n);
        if (n < end - start) {
            wantWrite(true);
        }
        return n;
    }

    @Override
    public void send(Slab slab) throws IOException {
        backlog = slab;
        flush();
    }

    @Override
    public void endOutput() throws IOException {
        outputEnded = true;
        if (backlog == null) {
            channel.shutdownOutput();
        }
    }

    @Override
    protected void flushed() throws IOException {
        if (outputEnded) {
            channel.shutdownOutput();
        }
    }

    @Override
    protected boolean isHandshaking() {
        return false;
    }

    @Override
    public @Nullable VerifiedPeer peer() {
        return null;
    }

    @Override
    protected void freeNative() {}
}
