package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes a [FieldSection] as a head of HTTP/1.1, after checking what its pseudo-header fields say
/// together (RFC 9113 sections 8.3 and 8.5, RFC 8441 section 4), and has it read.
final class SectionText {
    /// More than all that is written here around what a section holds.
    static final int FIXED_ROOM = 160;

    static final byte[] HOST = ascii("host: ");
    static final byte[] HOST_NEVER_INDEXED = ascii("host:");
    static final byte[] COOKIE = ascii("cookie: ");
    static final byte[] COOKIE_NEVER_INDEXED = ascii("cookie:");

    private static final byte[] GET = ascii("GET");
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] STATUS_VERSION = ascii("HTTP/1.1 ");
    private static final byte[] UPGRADE = ascii("connection: upgrade\r\nupgrade: websocket\r\n");
    private static final byte[] CHUNKED = ascii("transfer-encoding:chunked\r\n");

    /// Recognised by [FieldBlocks], which leaves it out again.
    private static final byte[] EMPTY = ascii("content-length:0\r\n");

    private static final byte[] LENGTH_APART = ascii("x-proa-content");
    private static final byte[] HTTPS = ascii("x-proa-scheme:https\r\n");

    private static final int STATUS_DIGITS = 3;

    private SectionText() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static void request(
            FieldSection section,
            ByteBuffer out,
            MessageHead head,
            HeadLimits limits,
            boolean endStream)
            throws MalformedHead {
        refuse(section.flaw());
        refuse(flawOfRequest(section));
        int from = out.position();
        boolean extended = section.isExtendedConnect();
        boolean tunnel = !extended && section.pseudoIs(FieldRules.METHOD, "CONNECT");
        if (extended) {
            out.put(GET);
        } else {
            section.putPseudo(out, FieldRules.METHOD);
        }
        out.put((byte) ' ');
        section.putPseudo(out, tunnel ? FieldRules.AUTHORITY : FieldRules.PATH);
        out.put(VERSION);
        section.putHost(out);
        section.putFields(out);
        if (extended) {
            out.put(UPGRADE);
        } else if (!endStream && !tunnel && !section.has(KnownHeader.CONTENT_LENGTH)) {
            out.put(CHUNKED);
        }
        out.put(HeadWriter.CRLF);
        head.reset();
        whole(head.parseRequest(out, from, out.position(), limits));
        checkLength(head, endStream);
    }

    static void response(
            FieldSection section,
            ByteBuffer out,
            MessageHead head,
            HeadLimits limits,
            Method requestMethod,
            boolean endStream)
            throws MalformedHead {
        refuse(section.flaw());
        int status = status(section);
        refuse(status < 200 && endStream ? Flaw.INTERIM_LAST : null);
        int from = out.position();
        out.put(STATUS_VERSION);
        section.putPseudo(out, FieldRules.STATUS);
        out.put((byte) ' ');
        String phrase = StatusLines.phrase(status);
        for (int i = 0; i < phrase.length(); i++) {
            out.put((byte) phrase.charAt(i));
        }
        out.put(HeadWriter.CRLF);
        section.putFields(out);
        if (mayHaveBody(status, requestMethod) && !section.has(KnownHeader.CONTENT_LENGTH)) {
            out.put(endStream || status == 205 ? EMPTY : CHUNKED);
        }
        out.put(HeadWriter.CRLF);
        head.reset();
        whole(head.parseResponse(out, from, out.position(), limits, requestMethod));
        checkLength(head, endStream);
    }

    static long mark(
            FieldSection section,
            ByteBuffer out,
            MessageHead head,
            HeadLimits limits,
            @Nullable Method requestMethod,
            boolean endStream)
            throws MalformedHead {
        int length = head.find(KnownHeader.CONTENT_LENGTH);
        boolean apart =
                !endStream && length >= 0 && once(head, length) && body(head, requestMethod);
        boolean https = requestMethod == null && section.isHttps();
        long announced = apart || head.framing() == Framing.LENGTH ? head.contentLength() : -1;
        if (!apart && !https) {
            return announced;
        }
        int from = head.start();
        if (apart) {
            out.put(head.nameStart(length), LENGTH_APART);
        }
        out.position(out.position() - HeadWriter.CRLF.length);
        if (apart) {
            out.put(CHUNKED);
        }
        if (https) {
            out.put(HTTPS);
        }
        out.put(HeadWriter.CRLF);
        head.reset();
        whole(
                requestMethod == null
                        ? head.parseRequest(out, from, out.position(), limits)
                        : head.parseResponse(out, from, out.position(), limits, requestMethod));
        return announced;
    }

    private static boolean once(MessageHead head, int first) {
        for (int i = first + 1; i < head.headerCount(); i++) {
            if (head.known(i) == KnownHeader.CONTENT_LENGTH) {
                return false;
            }
        }
        return true;
    }

    /// Whether a body may follow, be it an empty one with trailers.
    private static boolean body(MessageHead head, @Nullable Method requestMethod) {
        if (head.framing() == Framing.LENGTH) {
            return true;
        }
        return requestMethod == null
                ? head.method() != Method.CONNECT
                : mayHaveBody(head.status(), requestMethod) && head.status() != 205;
    }

    private static boolean mayHaveBody(int status, Method requestMethod) {
        boolean never = status < 200 || status == 204 || status == 304;
        return !never
                && requestMethod != Method.HEAD
                && (requestMethod != Method.CONNECT || status >= 300);
    }

    private static void checkLength(MessageHead head, boolean endStream) throws MalformedHead {
        refuse(endStream && head.framing() == Framing.LENGTH ? Flaw.LENGTH_MISMATCH : null);
    }

    static void refuse(@Nullable Flaw flaw) throws MalformedHead {
        if (flaw != null) {
            throw new MalformedHead(flaw);
        }
    }

    private static void whole(boolean complete) {
        if (!complete) {
            throw new IllegalStateException("a head that was written whole is read as unfinished");
        }
    }

    private static int status(FieldSection section) throws MalformedHead {
        refuse(section.hasPseudo(FieldRules.STATUS) ? null : Flaw.PSEUDO_MISSING);
        int status = 0;
        boolean good = section.pseudoLength(FieldRules.STATUS) == STATUS_DIGITS;
        int start = section.pseudoStart(FieldRules.STATUS);
        for (int i = start; good && i < start + STATUS_DIGITS; i++) {
            byte b = section.text[i];
            good = Octets.isDigit(b);
            status = status * 10 + (b - '0');
        }
        // there is no other protocol to switch to (RFC 9113 section 8.6)
        refuse(good && status >= 100 && status != 101 ? null : Flaw.STATUS_SYNTAX);
        return status;
    }

    private static @Nullable Flaw flawOfRequest(FieldSection section) {
        if (!section.hasPseudo(FieldRules.METHOD)) {
            return Flaw.PSEUDO_MISSING;
        }
        if (!all(section, FieldRules.METHOD, Octets.TOKEN)) {
            return Flaw.METHOD_BYTE;
        }
        boolean whole = section.hasPseudo(FieldRules.SCHEME) && section.hasPseudo(FieldRules.PATH);
        boolean connect = section.pseudoIs(FieldRules.METHOD, "CONNECT");
        if (section.isExtendedConnect()) {
            if (!connect || !whole) {
                return Flaw.CONNECT_FIELDS;
            }
            if (!section.pseudoIs(FieldRules.PROTOCOL, "websocket")) {
                return Flaw.CONNECT_PROTOCOL;
            }
        } else if (connect) {
            if (section.hasPseudo(FieldRules.SCHEME) || section.hasPseudo(FieldRules.PATH)) {
                return Flaw.CONNECT_FIELDS;
            }
            boolean where = section.hasPseudo(FieldRules.AUTHORITY);
            return where ? flawOfAuthority(section) : Flaw.PSEUDO_MISSING;
        }
        if (!whole) {
            return Flaw.PSEUDO_MISSING;
        }
        if (!section.isHttps() && !section.pseudoIs(FieldRules.SCHEME, "http")) {
            return Flaw.SCHEME;
        }
        Flaw authority = flawOfAuthority(section);
        return authority != null ? authority : flawOfPath(section);
    }

    /// Its bytes and its first; the rest is checked where every request line is.
    private static @Nullable Flaw flawOfPath(FieldSection section) {
        int start = section.pseudoStart(FieldRules.PATH);
        if (section.pseudoLength(FieldRules.PATH) == 0
                || section.text[start] != '/' && section.text[start] != '*') {
            return Flaw.TARGET_FORM;
        }
        return all(section, FieldRules.PATH, Octets.TARGET) ? null : Flaw.TARGET_BYTE;
    }

    private static @Nullable Flaw flawOfAuthority(FieldSection section) {
        if (!section.hasPseudo(FieldRules.AUTHORITY)) {
            return section.hostLength() > 0 ? null : Flaw.AUTHORITY_MISSING;
        }
        int start = section.pseudoStart(FieldRules.AUTHORITY);
        int end = section.pseudoEnd(FieldRules.AUTHORITY);
        if (!Authority.isValid(section.view, start, end)) {
            return Flaw.AUTHORITY_SYNTAX;
        }
        return section.hostAgrees() ? null : Flaw.HOST_MISMATCH;
    }

    private static boolean all(FieldSection section, int which, byte octetClass) {
        int start = section.pseudoStart(which);
        int end = section.pseudoEnd(which);
        for (int i = start; i < end; i++) {
            if (!Octets.is(section.text[i], octetClass)) {
                return false;
            }
        }
        return end > start;
    }
}
