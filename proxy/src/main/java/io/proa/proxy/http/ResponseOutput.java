package io.proa.proxy.http;

import io.proa.formats.ChunkData;
import io.proa.formats.Framing;
import io.proa.formats.HeadEdits;
import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a client is sent, in the version of HTTP that it speaks: heads, bodies as they come, and
/// answers that the sidecar makes itself.
///
/// A response in chunks reaches a client of HTTP/1.0 as bare data, whose end only the connection's
/// end can tell; everything else passes byte for byte.
final class ResponseOutput {
    private static final byte[] NOTHING = {};
    private static final int HTTP_1_0 = 10;

    private final Link link;
    private final HttpTools tools;
    private int version;
    private @Nullable ChunkData unchunked;

    /// A response made here and how much of it has been handed to the link.
    private byte[] local = NOTHING;

    private int localSent;

    ResponseOutput(Link link, HttpTools tools) {
        this.link = link;
        this.tools = tools;
    }

    /// A request in this version awaits its response; 10 or 11.
    void begin(int httpVersion) {
        version = httpVersion;
        unchunked = null;
        local = NOTHING;
    }

    /// Whether the client expects the connection to end unless it is told otherwise.
    boolean http10() {
        return version == HTTP_1_0;
    }

    /// Settles how the body travels.
    ///
    /// @return whether the client can tell its end without the connection's
    boolean frame(MessageHead head) {
        unchunked = http10() && head.framing() == Framing.CHUNKED ? new ChunkData() : null;
        return unchunked == null && head.framing() != Framing.UNTIL_CLOSE;
    }

    /// Whether the body's first bytes may be put behind the head as they are.
    boolean bodyAsItComes() {
        return unchunked == null && link.sendable() > 0;
    }

    /// @return the head as it goes to the client, with room for the body's beginning
    Slab head(UpstreamResponse response, boolean tunnel, boolean keepAlive) {
        MessageHead head = response.head();
        HeadEdits edits = ResponseHeads.edits(tools, response.fromMesh());
        if (tunnel) {
            edits.keepUpgrade();
        } else if (!keepAlive) {
            edits.connectionClose();
        } else if (http10()) {
            edits.connectionKeepAlive();
        }
        if (http10() && head.has(KnownHeader.TRANSFER_ENCODING)) {
            // Chunks are unknown to the client: it gets the data, and the end by the close.
            edits.remove(KnownHeader.TRANSFER_ENCODING);
            edits.remove(KnownHeader.TRAILER);
        }
        Slab source = response.headBytes();
        int behind = Math.min(source.size(), link.sendable());
        return ResponseHeads.write(head, source, behind, edits, link.loop().slabs());
    }

    /// Passes an interim response on; HTTP/1.0 has none (RFC 9110 section 15.2).
    void interim(MessageHead head, Slab from) throws IOException {
        if (!http10()) {
            HeadEdits edits = ResponseHeads.edits(tools, false);
            link.send(ResponseHeads.write(head, from, 0, edits, link.loop().slabs()));
        }
    }

    /// @return how many of the body's bytes up to `end` the client took
    int body(Slab from, int end) throws IOException {
        return unchunked == null ? link.write(from, from.head, end) : data(from, end);
    }

    /// The body without its chunk lines; the answer counts them all the same.
    private int data(Slab from, int end) throws IOException {
        ChunkData chunks = Objects.requireNonNull(unchunked);
        int at = from.head;
        while (true) {
            at = chunks.skip(from.whole(), at, end);
            if (chunks.last()) {
                // HTTP/1.0 has no trailers.
                return end - from.head;
            }
            int n = chunks.data(end - at);
            int taken = n == 0 ? 0 : link.write(from, at, at + n);
            if (taken == 0) {
                return at - from.head;
            }
            chunks.taken(taken);
            at += taken;
        }
    }

    /// Sends an answer of the sidecar's own, which fits into one slab.
    ///
    /// @return whether it was taken
    boolean answer(byte[] answer) {
        if (!link.canWrite()) {
            return false;
        }
        Slab out = link.loop().slabs().take(answer.length);
        out.whole().put(0, answer);
        out.tail = answer.length;
        try {
            link.send(out);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Begins a complete response made here, which may be long.
    void page(byte[] response) {
        local = response;
        localSent = 0;
    }

    /// Whether such a response is under way.
    boolean hasPage() {
        return local.length > 0;
    }

    /// Sends as much of it as can be sent now.
    ///
    /// @return whether that was all
    boolean pumpPage() throws IOException {
        while (localSent < local.length && link.canWrite()) {
            Slab out = link.loop().slabs().take(SlabPool.RECORD);
            int n = Math.min(out.capacity(), local.length - localSent);
            out.whole().put(0, local, localSent, n);
            out.tail = n;
            localSent += n;
            link.send(out);
        }
        if (localSent < local.length) {
            return false;
        }
        local = NOTHING;
        return true;
    }
}
