package io.proa.formats;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Everything a reader can say of a message, as plain values that can be compared.
///
/// @param verdict ok, more, or the code of a flaw; the rest has a meaning for ok only
/// @param hopByHop names, in lower case, that end at this hop
/// @param length bytes of the whole message, from the first byte given; -1 when it ends with the
///   connection
public record Reading(
        String verdict,
        String startLine,
        String path,
        String authority,
        int version,
        int status,
        List<String> fields,
        List<String> hopByHop,
        Framing framing,
        long contentLength,
        boolean keepAlive,
        boolean expectsContinue,
        boolean upgrade,
        boolean trailerAllowance,
        long payload,
        long length) {

    /// Bytes before the message in its buffer.
    static final int BEFORE = 13;

    static Reading refused(String verdict) {
        return new Reading(
                verdict,
                "",
                "",
                "",
                0,
                0,
                List.of(),
                List.of(),
                Framing.NONE,
                -1,
                false,
                false,
                false,
                false,
                0,
                0);
    }

    /// Whether it is a whole good message.
    public boolean ok() {
        return verdict.equals("ok");
    }

    /// Reads with the parser under test; bytes arrive in pieces that end at `cuts` (ascending).
    ///
    /// @param answered the method a response answers, or null for a request
    static Reading by(MessageHead head, @Nullable Method answered, String text, int... cuts) {
        int before = BEFORE;
        ByteBuffer buf = Bytes.buffer(text, before);
        head.reset();
        try {
            int piece = 0;
            int to = before;
            boolean complete = false;
            while (!complete) {
                if (to == before + text.length() && piece > cuts.length) {
                    return refused("more");
                }
                to = before + (piece < cuts.length ? cuts[piece] : text.length());
                piece++;
                complete =
                        answered == null
                                ? head.parseRequest(buf, before, to, HeadLimits.DEFAULT)
                                : head.parseResponse(buf, before, to, HeadLimits.DEFAULT, answered);
            }
            return body(head, buf, before, to, piece, text, cuts);
        } catch (MalformedHead e) {
            return refused(e.flaw().code());
        }
    }

    private static Reading body(
            MessageHead head,
            ByteBuffer buf,
            int before,
            int received,
            int nextPiece,
            String text,
            int... cuts)
            throws MalformedHead {
        int end = before + text.length();
        long length;
        long payload = 0;
        switch (head.framing()) {
            case NONE -> length = (long) head.end() - before;
            case UNTIL_CLOSE -> length = -1;
            case LENGTH -> length = head.end() - before + head.contentLength();
            case CHUNKED -> {
                ChunkedBody body = new ChunkedBody();
                int at = body.advance(buf, head.end(), received);
                for (int i = nextPiece; i <= cuts.length && !body.done(); i++) {
                    at = body.advance(buf, at, i < cuts.length ? before + cuts[i] : end);
                }
                if (!body.done()) {
                    return refused("more");
                }
                length = (long) at - before;
                payload = body.payloadBytes();
            }
            default -> throw new AssertionError();
        }
        return of(head, payload, length);
    }

    private static Reading of(MessageHead head, long payload, long length) {
        List<String> fields = new ArrayList<>();
        List<String> hopByHop = new ArrayList<>();
        for (int i = 0; i < head.headerCount(); i++) {
            String name = head.text(head.nameStart(i), head.nameEnd(i));
            fields.add(name + ": " + head.value(i));
            if (head.hopByHop(i)) {
                hopByHop.add(name.toLowerCase(Locale.ROOT));
            }
        }
        boolean request = head.status() == 0;
        return new Reading(
                "ok",
                head.text(head.start(), head.fieldsStart() - 2),
                request ? head.text(head.pathStart(), head.pathEnd()) : "",
                request ? head.text(head.authorityStart(), head.authorityEnd()) : "",
                head.version(),
                head.status(),
                fields,
                hopByHop,
                head.framing(),
                head.contentLength(),
                head.keepAlive(),
                head.expectsContinue(),
                head.upgrade(),
                head.hasTrailerAllowance(),
                payload,
                length);
    }
}
