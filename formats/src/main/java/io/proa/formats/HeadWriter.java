package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes a parsed head for the next hop with the least rewriting: start line, letter case and
/// order stay, and runs of kept lines are copied in one go from the buffer they were received in.
///
/// Left out are the fields of one hop, what Connection names, an Expect that nobody waits for, and
/// a Content-Length of zero where none may stand. A status line that lacks the space behind its
/// code gets it.
public final class HeadWriter {
    static final int CLOSE = 1;
    static final int KEEP_ALIVE = 2;
    static final int UPGRADE = 4;
    static final int TE = 8;

    static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] NOTHING = {};
    private static final byte[] SLASH = {'/'};
    private static final byte[] ASTERISK = {'*'};
    private static final byte[] SPACE = {' '};
    private static final byte[] COLON = {':', ' '};
    private static final byte[] HOST = ascii("Host: ");
    private static final byte[] VERSION_11 = ascii("HTTP/1.1");
    private static final byte[] TRAILERS = ascii("TE: trailers\r\n");
    private static final byte[][] CONNECTION_LINES = new byte[16][];
    private static final int FIXED_ROOM = 128;
    private static final int STATUS_END = "HTTP/1.1 200".length();

    static {
        for (int options = 0; options < 16; options++) {
            StringBuilder line = new StringBuilder();
            name(line, options & CLOSE, "close");
            name(line, options & KEEP_ALIVE, "keep-alive");
            name(line, options & UPGRADE, "upgrade");
            name(line, options & TE, "TE");
            CONNECTION_LINES[options] = ascii(options == 0 ? "" : line.append("\r\n").toString());
        }
    }

    private HeadWriter() {}

    /// Bytes of free space that are certainly enough for this head with these edits.
    public static int room(MessageHead head, HeadEdits edits) {
        return head.end() - head.start() + edits.mostBytes() + FIXED_ROOM;
    }

    /// Writes at the position of `out` and moves it.
    ///
    /// @param source the buffer the head was parsed from
    /// @return false, with `out` untouched, when it has less than [#room] left
    public static boolean forwardRequest(
            MessageHead head, ByteBuffer source, ByteBuffer out, HeadEdits edits) {
        if (out.remaining() < room(head, edits)) {
            return false;
        }
        long drop = edits.removed | KnownHeader.ONE_HOP;
        if (!head.expectsContinue()) {
            drop |= KnownHeader.EXPECT.bit();
        }
        int options = edits.connection;
        if ((options & UPGRADE) != 0 && head.upgrade()) {
            drop &= ~KnownHeader.UPGRADE.bit();
        } else {
            options &= ~UPGRADE;
        }
        if ((options & TE) != 0 && !head.hasTrailerAllowance()) {
            options &= ~TE;
        }
        int at = out.position();
        int kept = head.start();
        if (edits.originForm
                && head.pathStart() > head.targetStart()
                && head.method() != Method.CONNECT) {
            at = copy(out, at, source, kept, head.targetStart());
            at = put(out, at, emptyPath(head));
            kept = head.pathStart();
        }
        if (edits.version11 && head.version() == 10) {
            at = copy(out, at, source, kept, head.targetEnd() + 1);
            at = put(out, at, VERSION_11);
            kept = head.targetEnd() + 9;
        }
        at = fields(head, source, out, at, kept, drop, edits);
        if (edits.host && !head.has(KnownHeader.HOST)) {
            at = put(out, at, HOST);
            at = put(out, at, edits.hostIfAbsent);
            at = put(out, at, CRLF);
        }
        if ((options & TE) != 0) {
            at = put(out, at, TRAILERS);
        }
        finish(out, at, options, edits);
        return true;
    }

    /// What stands in the place of a path that a whole URI leaves out (RFC 9112 section 3.2.4).
    private static byte[] emptyPath(MessageHead head) {
        if (head.pathEnd() > head.pathStart()) {
            return NOTHING;
        }
        boolean server = head.method() == Method.OPTIONS && head.targetEnd() == head.pathEnd();
        return server ? ASTERISK : SLASH;
    }

    /// Writes at the position of `out` and moves it; like [#forwardRequest].
    public static boolean forwardResponse(
            MessageHead head, ByteBuffer source, ByteBuffer out, HeadEdits edits) {
        if (out.remaining() < room(head, edits)) {
            return false;
        }
        long drop = edits.removed | KnownHeader.ONE_HOP;
        int options = edits.connection & ~TE;
        if ((options & UPGRADE) != 0 && head.upgrade()) {
            drop &= ~KnownHeader.UPGRADE.bit();
        } else {
            options &= ~UPGRADE;
        }
        int status = head.status();
        if (status < 200 || status == 204 || head.method() == Method.CONNECT && status < 300) {
            drop |= KnownHeader.CONTENT_LENGTH.bit();
        }
        if (head.framing() == Framing.UNTIL_CLOSE) {
            options = options & ~KEEP_ALIVE | CLOSE;
        }
        int at = out.position();
        int kept = head.start();
        if (edits.version11 && head.version() == 10) {
            at = put(out, at, VERSION_11);
            kept += VERSION_11.length;
        }
        int code = head.start() + STATUS_END;
        if (source.get(code) == '\r') {
            // Not every reader takes a status line without the space behind its code (RFC 9112, 4).
            at = copy(out, at, source, kept, code);
            at = put(out, at, SPACE);
            kept = code;
        }
        at = fields(head, source, out, at, kept, drop, edits);
        finish(out, at, options, edits);
        return true;
    }

    /// Copies from `kept` to the last field, without the dropped ones.
    private static int fields(
            MessageHead head,
            ByteBuffer source,
            ByteBuffer out,
            int from,
            int firstKept,
            long drop,
            HeadEdits edits) {
        int at = from;
        int kept = firstKept;
        long rewrite = drop | edits.replacedNames;
        boolean listed = (head.connection & ConnectionOptions.NAMES) != 0;
        long replacedAlready = 0;
        for (int i = 0; i < head.headerCount(); i++) {
            KnownHeader known = head.known(i);
            long bit = known.bit();
            boolean named =
                    listed && ConnectionOptions.names(head, head.nameStart(i), head.nameEnd(i));
            if ((rewrite & bit) == 0 && (!named || known == KnownHeader.UPGRADE)) {
                continue;
            }
            at = copy(out, at, source, kept, head.lineStart(i));
            kept = head.lineEnd(i);
            if ((edits.replacedNames & ~drop & ~replacedAlready & bit) != 0 && !named) {
                at = copy(out, at, source, head.nameStart(i), head.nameEnd(i));
                at = put(out, at, COLON);
                at = put(out, at, edits.replacement(known));
                at = put(out, at, CRLF);
                replacedAlready |= bit;
            }
        }
        return copy(out, at, source, kept, head.end() - 2);
    }

    private static void finish(ByteBuffer out, int from, int options, HeadEdits edits) {
        int at = from;
        if (options != 0) {
            at = put(out, at, CONNECTION_LINES[options]);
        }
        if (edits.addedLength > 0) {
            out.put(at, edits.added, 0, edits.addedLength);
            at += edits.addedLength;
        }
        at = put(out, at, CRLF);
        out.position(at);
    }

    private static int copy(ByteBuffer out, int at, ByteBuffer source, int from, int to) {
        if (to > from) {
            out.put(at, source, from, to - from);
        }
        return at + to - from;
    }

    private static int put(ByteBuffer out, int at, byte[] bytes) {
        out.put(at, bytes, 0, bytes.length);
        return at + bytes.length;
    }

    private static void name(StringBuilder line, int option, String token) {
        if (option != 0) {
            line.append(line.isEmpty() ? "Connection: " : ", ").append(token);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
