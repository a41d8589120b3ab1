package io.proa.proxy.http;

import io.proa.formats.HeadEdits;
import io.proa.formats.HeadWriter;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.traffic.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request's head as it travels on, in a slab of its own, with what of the body was put behind
/// it. Written once; another attempt sends it again with its own number, which only sidecars see.
final class ForwardedHead {
    /// The lines only sidecars see, of fixed width, so that an attempt's own can be written over
    /// its predecessor's.
    private static final byte[] ATTEMPT =
            "x-proa-attempt: 01\r\nx-proa-deadline-ms: 0000000000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final int ATTEMPT_AT = 16;
    private static final int DEADLINE_AT = 40;
    private static final int DEADLINE_DIGITS = 10;

    /// By how much edits usually make a head longer.
    private static final int SLACK = 384;

    private static final int MOST_TARGET = 1024;

    private final SlabPool slabs;
    private @Nullable Slab slab;

    /// Where the lines of [#ATTEMPT] are, or belong.
    private int attemptBlock;

    private boolean announcing;

    ForwardedHead(SlabPool slabs) {
        this.slabs = slabs;
    }

    /// What is to be sent, from its beginning; null while it is not written, and once nobody needs
    /// it.
    @Nullable Slab slab() {
        return slab;
    }

    /// @param source what the head's offsets refer to
    /// @param announce whether it goes to a sidecar, which is told attempt and deadline
    Slab write(MessageHead head, Slab source, HeadEdits edits, boolean announce) {
        int length = head.end() - head.start();
        Slab out = slabs.take(Math.min(length + SLACK, SlabPool.LARGE));
        if (!HeadWriter.forwardRequest(head, source.whole(), out.space(), edits)) {
            out.release();
            out = slabs.take(SlabPool.LARGE);
            if (!HeadWriter.forwardRequest(head, source.whole(), out.space(), edits)) {
                throw new IllegalStateException(
                        "a head within the limits fits into the largest slab");
            }
        }
        out.tail = out.buffer.position();
        attemptBlock = out.tail - 2;
        announcing = announce;
        if (announce) {
            out.whole().put(attemptBlock, ATTEMPT);
            out.tail = attemptBlock + ATTEMPT.length;
        }
        slab = out;
        return out;
    }

    /// Makes it this attempt's.
    ///
    /// @param announce whether the other end of this one is a sidecar
    /// @param attempt from 1 to 99
    Slab forAttempt(boolean announce, int attempt, Deadline deadline, long now) {
        Slab written = Objects.requireNonNull(slab);
        if (announce != announcing) {
            written = announce ? withAttempt(written) : withoutAttempt(written);
            slab = written;
        }
        if (announcing) {
            renew(written, attempt, deadline, now);
        }
        return written;
    }

    /// The next attempt goes to a sidecar, and those before did not.
    private Slab withAttempt(Slab slab) {
        Slab roomy = slab;
        int more = ATTEMPT.length - 2;
        if (slab.room() < more) {
            if (slab.capacity() == SlabPool.LARGE) {
                return slab; // it is told nothing, which is no worse than an unknown caller
            }
            roomy = slabs.take(Math.min(slab.tail + more, SlabPool.LARGE));
            roomy.appendFrom(slab, slab.size());
            slab.release();
        }
        int rest = attemptBlock + 2;
        roomy.whole().put(rest + more, roomy.buffer, rest, roomy.tail - rest);
        roomy.buffer.put(attemptBlock, ATTEMPT);
        roomy.tail += more;
        announcing = true;
        return roomy;
    }

    /// The next attempt goes to somebody outside the mesh, and those before did not.
    private Slab withoutAttempt(Slab slab) {
        int less = ATTEMPT.length - 2;
        int rest = attemptBlock + less;
        slab.whole().put(attemptBlock, slab.buffer, rest, slab.tail - rest);
        slab.tail -= less;
        announcing = false;
        return slab;
    }

    private void renew(Slab slab, int attempt, Deadline deadline, long now) {
        slab.whole();
        slab.buffer.put(attemptBlock + ATTEMPT_AT, (byte) ('0' + attempt / 10));
        slab.buffer.put(attemptBlock + ATTEMPT_AT + 1, (byte) ('0' + attempt % 10));
        long millis =
                deadline.equals(Deadline.NONE)
                        ? 0
                        : Math.max(1, deadline.remaining(now) / 1_000_000);
        for (int i = DEADLINE_DIGITS - 1; i >= 0; i--) {
            slab.buffer.put(attemptBlock + DEADLINE_AT + i, (byte) ('0' + millis % 10));
            millis /= 10;
        }
    }

    /// The target that it asks for, or its beginning; null while there is no head.
    @Nullable String target() {
        Slab written = slab;
        if (written == null) {
            return null;
        }
        written.whole();
        int space = indexOf(written, (byte) ' ', 0);
        int end = indexOf(written, (byte) ' ', space + 1);
        byte[] target = new byte[Math.min(end - space - 1, MOST_TARGET)];
        written.buffer.get(space + 1, target);
        return new String(target, StandardCharsets.ISO_8859_1);
    }

    private static int indexOf(Slab slab, byte wanted, int from) {
        int i = from;
        while (i < slab.tail && slab.buffer.get(i) != wanted) {
            i++;
        }
        return i;
    }

    /// Nobody needs it again.
    void release() {
        if (slab != null) {
            slab.release();
            slab = null;
        }
    }
}
