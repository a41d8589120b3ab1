package io.proa.identity;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Ciphertext one connection owes its peer: what BoringSSL wrote while the BIO had no buffer of the
/// caller to write into.
///
/// It waits in the BIO's own small ring. The ring must never be drained in part and then written
/// again (it miscounts once wrapped); what does not fit the caller's buffer is therefore moved
/// whole to [#spill], which is allocated only then and served first.
final class BoringOutbox {
    /// Holds the largest usual flight (two P-256 certificates and a hybrid key share take about 3
    /// KB).
    static final int RING = 4096;

    private static final int MAX_SPILL = 128 * 1024;

    private final long bio;
    private boolean ringMayHold;
    private @Nullable ByteBuffer spill;

    BoringOutbox(long bio) {
        this.bio = bio;
    }

    /// Says that BoringSSL may write outside of the caller's buffers from now on; until then no
    /// native call is spent on asking.
    void expect() {
        ringMayHold = true;
    }

    boolean holdsAny() {
        return spill != null || (ringMayHold && SSL.bioLengthNonApplication(bio) > 0);
    }

    /// Adds ciphertext made elsewhere; only where [#holdsAny] is false.
    void put(ByteBuffer ciphertext) {
        spill = ciphertext;
    }

    /// Moves everything owed to `ciphertext`.
    ///
    /// @return whether nothing is left
    boolean drain(ByteBuffer ciphertext) {
        if (spill != null && !pour(ciphertext)) {
            return false;
        }
        if (!ringMayHold) {
            return true;
        }
        int held = SSL.bioLengthNonApplication(bio);
        if (held == 0) {
            ringMayHold = false;
            return true;
        }
        if (held <= ciphertext.remaining()) {
            long target = Buffer.address(ciphertext) + ciphertext.position();
            SSL.bioSetByteBuffer(bio, target, ciphertext.remaining(), true);
            ciphertext.position(ciphertext.position() + SSL.bioFlushByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
            return true;
        }
        spillRing(held);
        return pour(ciphertext);
    }

    /// Empties the ring while the BIO may be reading from ciphertext that ends at address `end` (0
    /// for none).
    ///
    /// @return false where there is nothing to make room of, or too much
    boolean makeRoom(long end) {
        int unread = end == 0 ? 0 : SSL.bioLengthByteBuffer(bio);
        int held = SSL.bioLengthNonApplication(bio);
        ByteBuffer before = spill;
        if (held == 0 || (before != null && before.remaining() + held > MAX_SPILL)) {
            return false;
        }
        spillRing(held);
        if (unread > 0) {
            SSL.bioSetByteBuffer(bio, end - unread, unread, false);
        }
        return true;
    }

    private boolean pour(ByteBuffer ciphertext) {
        ByteBuffer held = spill;
        if (held == null) {
            return true;
        }
        int count = Math.min(held.remaining(), ciphertext.remaining());
        ciphertext.put(ciphertext.position(), held, held.position(), count);
        ciphertext.position(ciphertext.position() + count);
        held.position(held.position() + count);
        if (held.hasRemaining()) {
            return false;
        }
        spill = null;
        return true;
    }

    private void spillRing(int held) {
        ByteBuffer before = spill;
        int kept = before == null ? 0 : before.remaining();
        ByteBuffer larger = ByteBuffer.allocateDirect(kept + held);
        if (before != null) {
            larger.put(before);
        }
        SSL.bioSetByteBuffer(bio, Buffer.address(larger) + kept, held, true);
        SSL.bioFlushByteBuffer(bio);
        SSL.bioClearByteBuffer(bio);
        spill = larger.position(0);
    }
}
