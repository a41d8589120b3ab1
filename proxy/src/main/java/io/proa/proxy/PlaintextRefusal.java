package io.proa.proxy;

import io.proa.formats.StatusLines;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.tunnel.FirstBytes;
import io.proa.traffic.Reason;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/// Turns a plaintext connection away, such as one from outside the mesh: a client that speaks HTTP
/// is told why, any other is reset. Nothing of it is passed on.
final class PlaintextRefusal implements LinkHandler {
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final LoopParts loop;
    private final Link link;
    private final Reason reason;
    private final String sentence;
    private final Timeout timer =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    link.abort();
                }
            };

    private PlaintextRefusal(LoopParts loop, SocketChannel accepted, Reason reason, String sentence)
            throws IOException {
        this.loop = loop;
        this.reason = reason;
        this.sentence = sentence;
        this.link = new PlainLink(loop.loop(), accepted, this, SelectionKey.OP_READ);
    }

    static void turnAway(LoopParts loop, SocketChannel accepted, Reason reason, String sentence)
            throws IOException {
        loop.observer().inboundRefused(reason, "");
        PlaintextRefusal refusal = new PlaintextRefusal(loop, accepted, reason, sentence);
        loop.loop().schedule(refusal.timer, PATIENCE_NANOS);
    }

    @Override
    public void readable() {
        try {
            int n = link.fill();
            Slab slab = link.in;
            if (slab != null
                    && FirstBytes.judge(slab.whole(), slab.head, slab.tail)
                            == FirstBytes.Verdict.HTTP1) {
                tell();
            } else if (n < 0 || slab != null) {
                broken(new IOException("not HTTP"));
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private void tell() throws IOException {
        timer.cancel();
        byte[] answer =
                StatusLines.response(
                        reason.status(), reason.code(), "proa: " + sentence + "\n", true, false);
        Slab out = loop.loop().slabs().take(answer.length);
        out.whole().put(0, answer);
        out.tail = answer.length;
        link.send(out);
        link.closeLingering();
    }

    @Override
    public void writable() {}

    @Override
    public void broken(IOException cause) {
        timer.cancel();
        link.abort();
    }
}
