package io.proa.formats;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Has a message read by the parser and by the [Oracle], and what is forwarded read again. Throws
/// an AssertionError where they differ: then a third reader could be led astray.
public final class TwoReaders {
    private static final int STATUS_ONLY = "HTTP/1.1 200".length();

    private final MessageHead head = new MessageHead();
    private final HeadEdits edits = new HeadEdits();
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);

    private final Http2Readers http2 = new Http2Readers();
    private final Beginnings beginnings = new Beginnings();

    public TwoReaders() {}

    /// The readers of what stands at the beginning of a connection.
    public Beginnings beginnings() {
        return beginnings;
    }

    /// The readers of HTTP/2.
    public Http2Readers http2() {
        return http2;
    }

    /// @param answered the method a response answers, or null for a request
    /// @param cuts where the bytes are cut in a second reading, ascending
    /// @return what the parser says
    public Reading check(@Nullable Method answered, String text, int... cuts) {
        Reading expected = Oracle.read(answered, text);
        Reading inPieces = Reading.by(head, answered, text, cuts);
        Reading actual = Reading.by(head, answered, text);
        require(inPieces.equals(actual), "in pieces otherwise", text, actual, inPieces);
        if (expected.ok()) {
            require(actual.equals(expected), "oracle reads otherwise", text, expected, actual);
            checkForwarded(answered, expected, text);
        } else {
            require(!actual.ok(), "oracle does not accept it", text, expected, actual);
            boolean undecided = actual.verdict().equals("more");
            require(
                    expected.verdict().equals("more") || !undecided,
                    "oracle refuses it",
                    text,
                    expected,
                    actual);
        }
        return actual;
    }

    /// What is sent on must be read by anyone as the same message, less what ends at this hop.
    private void checkForwarded(@Nullable Method answered, Reading original, String text) {
        out.clear();
        edits.clear();
        if (original.status() == 101) {
            edits.keepUpgrade();
        }
        boolean written =
                answered == null
                        ? HeadWriter.forwardRequest(head, head.buf, out, edits)
                        : HeadWriter.forwardResponse(head, head.buf, out, edits);
        require(written, "no room to forward", text, original, original);
        int skipped = head.start() - Reading.BEFORE;
        String rest = text.substring(head.end() - Reading.BEFORE);
        String forwarded = Bytes.text(out, 0, out.position()) + rest;
        Reading again = Oracle.read(answered, forwarded, HeadLimits.DEFAULT.forNextHop());
        long shorter = (long) text.length() - skipped - forwarded.length();
        boolean same =
                again.ok()
                        && again.startLine().equals(startLine(original))
                        && again.framing() == original.framing()
                        && again.payload() == original.payload()
                        && (original.length() < 0
                                || again.length() == original.length() - skipped - shorter);
        require(same, "forwarded differently as " + show(forwarded), text, original, again);
        for (String field : again.fields()) {
            require(
                    mayFollow(original, again, field),
                    "forwards " + show(field),
                    text,
                    original,
                    again);
        }
    }

    /// A status line gets the space behind its code that it lacks.
    private static String startLine(Reading original) {
        boolean bare = original.status() > 0 && original.startLine().length() == STATUS_ONLY;
        return bare ? original.startLine() + " " : original.startLine();
    }

    private static boolean mayFollow(Reading original, Reading again, String field) {
        String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
        if (name.equals("connection")) {
            return field.equals("Connection: close") && again.framing() == Framing.UNTIL_CLOSE
                    || field.equals("Connection: upgrade") && again.status() == 101;
        }
        boolean upgraded = name.equals("upgrade") && again.status() == 101;
        return original.fields().contains(field)
                && (upgraded || !original.hopByHop().contains(name));
    }

    private static void require(
            boolean rule, String broken, String text, Reading expected, Reading actual) {
        if (!rule) {
            throw new AssertionError(
                    broken
                            + "\n  message  "
                            + show(text)
                            + "\n  expected "
                            + expected
                            + "\n  actual   "
                            + actual);
        }
    }

    private static String show(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }
}
