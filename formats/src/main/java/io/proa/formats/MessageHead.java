package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One HTTP/1 message head, read in place: it keeps indexes into the buffer it was parsed from,
/// never bytes.
///
/// Reading is strict (RFC 9112, RFC 9110): what two readers could understand differently is refused
/// with a [Flaw] instead of repaired. Reusable, and used by one thread only; nothing is allocated
/// while parsing, except when a head has more fields than any head before it. All indexes are
/// absolute indexes of that buffer and hold until its bytes are moved. Use a direct buffer; its
/// position and limit are not touched, and its byte order does not matter, though little-endian on
/// a little-endian machine is quickest.
public final class MessageHead {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int LONGEST_NAME = 256;

    // per field, in `spans`: where its line begins, its name ends, its value begins and ends
    private static final int STRIDE = 4;

    private enum Stage {
        START_LINE,
        FIELDS,
        COMPLETE
    }

    ByteBuffer buf = NOTHING;
    private Stage stage = Stage.START_LINE;
    private boolean fresh = true;
    private boolean emptyLineSkipped;
    private int lineAt;
    private int scanned;
    private int start;
    private int fieldsStart;
    private int end;

    private int[] spans = new int[STRIDE * 24];
    private byte[] kinds = new byte[24];
    private int count;
    long seen;
    long repeated;

    // set by StartLine
    Method method = Method.OTHER;
    int methodEnd;
    int targetStart;
    int authorityStart;
    int authorityEnd;
    int pathStart;
    int pathEnd;
    int targetEnd;
    int version;
    int status;

    // set by Fields
    int connection;
    Framing framing = Framing.NONE;
    long contentLength;

    public MessageHead() {}

    /// Forgets everything, also a half-read head. Needed after a [MalformedHead].
    public void reset() {
        buf = NOTHING;
        stage = Stage.START_LINE;
        fresh = true;
        emptyLineSkipped = false;
        count = 0;
        seen = 0;
        repeated = 0;
        connection = 0;
        status = 0;
        method = Method.OTHER;
        framing = Framing.NONE;
        contentLength = -1;
    }

    /// Reads a request head that begins at `from`.
    ///
    /// When it answers false, call again with the same buffer and `from`, and a larger `to`: it
    /// goes on where it stopped. A complete head is forgotten by the next call.
    ///
    /// @param to the index after the last byte received; not above the buffer's limit
    /// @return true when the head is complete, false when more bytes are needed
    public boolean parseRequest(ByteBuffer buf, int from, int to, HeadLimits limits)
            throws MalformedHead {
        if (!lines(buf, from, to, limits, true)) {
            return false;
        }
        Fields.checkRequest(this);
        stage = Stage.COMPLETE;
        return true;
    }

    /// Reads a response head that begins at `from`; otherwise like [#parseRequest].
    ///
    /// @param requestMethod of the request it answers, which decides whether a body follows
    public boolean parseResponse(
            ByteBuffer buf, int from, int to, HeadLimits limits, Method requestMethod)
            throws MalformedHead {
        if (!lines(buf, from, to, limits, false)) {
            return false;
        }
        method = requestMethod;
        Fields.checkResponse(this, requestMethod);
        stage = Stage.COMPLETE;
        return true;
    }

    private boolean lines(ByteBuffer buf, int from, int to, HeadLimits limits, boolean request)
            throws MalformedHead {
        if (stage == Stage.COMPLETE) {
            reset();
        }
        if (fresh) {
            fresh = false;
            this.buf = buf;
            contentLength = -1;
            start = from;
            lineAt = from;
            scanned = from;
        }
        // nothing beyond the limit is looked at, so that the verdict does not depend on how the
        // bytes arrived
        int edge = to - from > limits.maxBytes() ? from + limits.maxBytes() : to;
        while (true) {
            if (stage == Stage.FIELDS && scanned == lineAt) {
                plainFields(buf, edge, limits);
            }
            int cr = Octets.endOfLine(buf, scanned, edge);
            if (cr < 0) {
                scanned = ~cr;
                if (to - from >= limits.maxBytes()) {
                    throw new MalformedHead(Flaw.TOO_LARGE);
                }
                return false;
            }
            int line = lineAt;
            lineAt = cr + 2;
            scanned = cr + 2;
            if (stage == Stage.FIELDS) {
                if (cr == line) {
                    end = cr + 2;
                    return true;
                }
                field(buf, line, cr, limits);
            } else if (cr == line) {
                skipEmptyLine(request);
            } else {
                startLine(buf, line, cr, request);
            }
        }
    }

    private void skipEmptyLine(boolean request) throws MalformedHead {
        if (!request || emptyLineSkipped) {
            throw new MalformedHead(Flaw.EMPTY_START_LINE);
        }
        emptyLineSkipped = true;
        start = lineAt;
    }

    private void startLine(ByteBuffer buf, int line, int cr, boolean request) throws MalformedHead {
        if (request) {
            StartLine.request(this, buf, line, cr);
        } else {
            StartLine.response(this, buf, line, cr);
        }
        fieldsStart = cr + 2;
        stage = Stage.FIELDS;
    }

    private void field(ByteBuffer buf, int line, int cr, HeadLimits limits) throws MalformedHead {
        int colon = line;
        int classes = 0;
        int octet;
        while (((octet = Octets.classOf(buf.get(colon))) & Octets.TOKEN) != 0) {
            classes |= octet;
            colon++;
        }
        if (colon == line || buf.get(colon) != ':') {
            throw new MalformedHead(flawOfName(buf, line, colon, cr));
        }
        if (colon - line > LONGEST_NAME) {
            throw new MalformedHead(Flaw.NAME_TOO_LONG);
        }
        if ((classes & Octets.UNDERSCORE) != 0 && KnownHeader.imitates(buf, line, colon)) {
            throw new MalformedHead(Flaw.LOOKALIKE_NAME);
        }
        value(buf, line, colon, cr, KnownHeader.of(buf, line, colon), limits);
    }

    /// Takes whole lines with an ordinary name, and stops before the first line that is not one.
    /// Each line is looked at once here, where the general way looks twice.
    private void plainFields(ByteBuffer buf, int edge, HeadLimits limits) throws MalformedHead {
        while (true) {
            int line = lineAt;
            int colon = Octets.nextColon(buf, line, edge);
            if (colon <= line || colon - line > LONGEST_NAME) {
                return;
            }
            int told = KnownHeader.told(buf, line, colon);
            if (told < 0 && !Octets.isPlain(buf, line, colon)) {
                return;
            }
            int cr = Octets.endOfLine(buf, colon + 1, edge);
            if (cr < 0) {
                scanned = ~cr;
                return;
            }
            value(buf, line, colon, cr, KnownHeader.at(told), limits);
            lineAt = cr + 2;
            scanned = cr + 2;
        }
    }

    private void value(
            ByteBuffer buf, int line, int colon, int cr, KnownHeader known, HeadLimits limits)
            throws MalformedHead {
        int valueStart = colon + 1;
        while (Octets.isBlank(buf.get(valueStart))) {
            valueStart++;
        }
        int valueEnd = cr;
        while (valueEnd > valueStart && Octets.isBlank(buf.get(valueEnd - 1))) {
            valueEnd--;
        }
        int i = count;
        if (i == kinds.length) {
            grow(limits);
        } else if (i == limits.maxHeaders()) {
            throw new MalformedHead(Flaw.TOO_MANY_HEADERS);
        }
        long bit = known.bit();
        repeated |= seen & bit;
        seen |= bit;
        kinds[i] = known.index();
        int at = i * STRIDE;
        spans[at] = line;
        spans[at + 1] = colon;
        spans[at + 2] = valueStart;
        spans[at + 3] = valueEnd;
        count = i + 1;
    }

    private static Flaw flawOfName(ByteBuffer buf, int line, int at, int cr) {
        byte b = buf.get(at);
        if (at == line) {
            return b == ':'
                    ? Flaw.NAME_EMPTY
                    : Octets.isBlank(b) ? Flaw.LINE_FOLDING : Flaw.NAME_BYTE;
        }
        if (at == cr) {
            return Flaw.NO_COLON;
        }
        return Octets.isBlank(b) ? Flaw.SPACE_BEFORE_COLON : Flaw.NAME_BYTE;
    }

    private void grow(HeadLimits limits) throws MalformedHead {
        if (count >= limits.maxHeaders()) {
            throw new MalformedHead(Flaw.TOO_MANY_HEADERS);
        }
        kinds = Arrays.copyOf(kinds, kinds.length * 2);
        spans = Arrays.copyOf(spans, spans.length * 2);
    }

    /// The first byte of the start line; an empty line before it does not belong to the message.
    public int start() {
        return start;
    }

    /// The index after the empty line that ends the head.
    public int end() {
        return end;
    }

    /// The request's method; for a response, that of the request it answers.
    public Method method() {
        return method;
    }

    public int methodStart() {
        return start;
    }

    public int methodEnd() {
        return methodEnd;
    }

    public int targetStart() {
        return targetStart;
    }

    public int targetEnd() {
        return targetEnd;
    }

    /// Where the path begins; [#targetStart()] unless the target is a whole URI. Empty path: equal
    /// to [#pathEnd()].
    public int pathStart() {
        return pathStart;
    }

    /// Where the path ends: before `?`, or at the end of the target.
    public int pathEnd() {
        return pathEnd;
    }

    /// Where host and port begin in a target that is a whole URI or an authority; else equal to
    /// [#authorityEnd()].
    public int authorityStart() {
        return authorityStart;
    }

    public int authorityEnd() {
        return authorityEnd;
    }

    /// 10 or 11.
    public int version() {
        return version;
    }

    /// 100 to 999, or 0 for a request.
    public int status() {
        return status;
    }

    public int headerCount() {
        return count;
    }

    public int nameStart(int i) {
        return spans[i * STRIDE];
    }

    public int nameEnd(int i) {
        return spans[i * STRIDE + 1];
    }

    public int valueStart(int i) {
        return spans[i * STRIDE + 2];
    }

    public int valueEnd(int i) {
        return spans[i * STRIDE + 3];
    }

    public int lineStart(int i) {
        return spans[i * STRIDE];
    }

    /// The index after the CR LF of that field line.
    public int lineEnd(int i) {
        return i + 1 == count ? end - 2 : spans[(i + 1) * STRIDE];
    }

    /// The first byte after the start line.
    public int fieldsStart() {
        return fieldsStart;
    }

    public KnownHeader known(int i) {
        return KnownHeader.ALL[kinds[i]];
    }

    /// The first field of that name, or -1.
    public int find(KnownHeader header) {
        if ((seen & header.bit()) != 0) {
            byte kind = header.index();
            for (int i = 0; i < count; i++) {
                if (kinds[i] == kind) {
                    return i;
                }
            }
        }
        return -1;
    }

    /// Whether at least one field has that name.
    public boolean has(KnownHeader header) {
        return (seen & header.bit()) != 0;
    }

    /// The bytes between two indexes, each as one character (ISO 8859-1).
    public String text(int from, int to) {
        byte[] bytes = new byte[to - from];
        buf.get(from, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// The value of a field without the white space around it.
    public String value(int i) {
        return text(valueStart(i), valueEnd(i));
    }

    /// The first value of the field with that name in any letter case, or null. Not for the hot
    /// path.
    public @Nullable String headerValue(String name) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < count; i++) {
            if (Octets.sameIgnoringCase(buf, nameStart(i), nameEnd(i), lowerCase)) {
                return value(i);
            }
        }
        return null;
    }

    /// How the body's end is known.
    public Framing framing() {
        return framing;
    }

    /// The stated Content-Length, or -1. With [Framing#NONE] (an answer to HEAD, a 304) it says
    /// nothing of this message.
    public long contentLength() {
        return contentLength;
    }

    /// Whether the connection may carry another message after this one (RFC 9112 section 9.3).
    public boolean keepAlive() {
        if (framing == Framing.UNTIL_CLOSE || (connection & ConnectionOptions.CLOSE) != 0) {
            return false;
        }
        return version == 11 || (connection & ConnectionOptions.KEEP_ALIVE) != 0;
    }

    /// Whether the client waits for `100 Continue` before it sends the body that it announced.
    public boolean expectsContinue() {
        return has(KnownHeader.EXPECT) && version == 11 && framing != Framing.NONE;
    }

    /// Whether the field ends at this hop: those of RFC 9110 section 7.6.1 and every name listed in
    /// Connection. Transfer-Encoding is not among them, since the body passes in the chunks it came
    /// in.
    public boolean hopByHop(int i) {
        if ((KnownHeader.ONE_HOP & 1L << kinds[i]) != 0) {
            return true;
        }
        return (connection & ConnectionOptions.NAMES) != 0
                && ConnectionOptions.names(this, nameStart(i), nameEnd(i));
    }

    /// Whether the message asks for, or in status 101 agrees to, another protocol on this
    /// connection.
    public boolean upgrade() {
        return version == 11
                && (connection & ConnectionOptions.UPGRADE) != 0
                && has(KnownHeader.UPGRADE);
    }

    /// Whether exactly this protocol is named in Upgrade.
    ///
    /// @param lowerCase the protocol in lower case, as in `websocket`
    public boolean upgradeTokenIs(String lowerCase) {
        int i = find(KnownHeader.UPGRADE);
        return i >= 0
                && (repeated & KnownHeader.UPGRADE.bit()) == 0
                && Octets.sameIgnoringCase(buf, valueStart(i), valueEnd(i), lowerCase);
    }

    /// Whether Upgrade asks for one protocol, by a name without a version: no list, and neither
    /// `HTTP/2.0` nor `TLS/1.0`.
    public boolean hasOneUpgradeToken() {
        int i = find(KnownHeader.UPGRADE);
        if (i < 0 || (repeated & KnownHeader.UPGRADE.bit()) != 0) {
            return false;
        }
        for (int at = valueStart(i); at < valueEnd(i); at++) {
            if (!Octets.is(buf.get(at), Octets.TOKEN)) {
                return false;
            }
        }
        return valueEnd(i) > valueStart(i);
    }

    /// Whether the client says that it takes trailers: `TE: trailers`, alone.
    public boolean hasTrailerAllowance() {
        int i = find(KnownHeader.TE);
        return i >= 0
                && (repeated & KnownHeader.TE.bit()) == 0
                && Octets.sameIgnoringCase(buf, valueStart(i), valueEnd(i), "trailers");
    }
}
