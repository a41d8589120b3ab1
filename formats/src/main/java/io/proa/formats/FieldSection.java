package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One decoded field section of HTTP/2, checked (RFC 9113 section 8) and rewritten as the head of
/// HTTP/1.1 that says the same, so that all that follows reads one kind of head.
///
/// Bytes go into that text only after they have passed: no field can end its line or the start
/// line. The text is then read by [MessageHead] like any other, so that every rule of HTTP/1.1
/// holds here too, and the two cannot differ in what they let pass. Two things travel in the
/// spacing, which says nothing in HTTP/1.1 and is kept by [HeadWriter]: a line without a space
/// behind its colon was sent as never indexed (RFC 7541 section 7.1.3), or was made here to say how
/// the body is framed.
///
/// Reusable, and used by one thread only; nothing is allocated but when a message is larger than
/// any before it.
public final class FieldSection {
    private enum Kind {
        REQUEST,
        RESPONSE,
        TRAILERS
    }

    private static final int FIELD_OVERHEAD = DynamicTable.OVERHEAD;
    private static final int BOUND = 16;
    private static final byte[] NOTHING = {};

    /// What must not be in a section, whatever it says (RFC 9113 section 8.2.2).
    private static final long CONNECTION_FIELDS =
            KnownHeader.CONNECTION.bit()
                    | KnownHeader.KEEP_ALIVE.bit()
                    | KnownHeader.PROXY_CONNECTION.bit()
                    | KnownHeader.TRANSFER_ENCODING.bit()
                    | KnownHeader.UPGRADE.bit()
                    | KnownHeader.HTTP2_SETTINGS.bit();

    /// What frames, routes or identifies and is believed from a head alone. Other names that
    /// HTTP/1.1 keeps out of trailers pass: gRPC sends metadata of any name there.
    private static final long NO_TRAILERS =
            KnownHeader.CONTENT_LENGTH.bit()
                    | KnownHeader.HOST.bit()
                    | KnownHeader.TE.bit()
                    | KnownHeader.EXPECT.bit()
                    | KnownHeader.AUTHORIZATION.bit()
                    | KnownHeader.PROXY_AUTHORIZATION.bit()
                    | KnownHeader.X_FORWARDED_CLIENT_CERT.bit()
                    | KnownHeader.X_PROA_ATTEMPT.bit()
                    | KnownHeader.X_PROA_DEADLINE_MS.bit()
                    | KnownHeader.X_PROA_REASON.bit()
                    | KnownHeader.X_PROA_CONTENT.bit()
                    | KnownHeader.X_PROA_SCHEME.bit();

    /// What is written here alone; a peer's is left out.
    private static final long OWN =
            KnownHeader.X_PROA_CONTENT.bit() | KnownHeader.X_PROA_SCHEME.bit();

    private static final int REQUEST_PSEUDO =
            1 << FieldRules.METHOD
                    | 1 << FieldRules.SCHEME
                    | 1 << FieldRules.PATH
                    | 1 << FieldRules.AUTHORITY;

    /// The field under way, and before it those that have passed; pseudo-header fields in front.
    byte[] text = new byte[2048];

    ByteBuffer view = view(text);
    private int tail;
    private int linesStart;
    private final int[] pseudoStart = new int[FieldRules.PSEUDO_COUNT];
    private final int[] pseudoEnd = new int[FieldRules.PSEUDO_COUNT];
    private int pseudo;
    private boolean pseudoNeverIndexed;
    private long seen;
    private byte[] host = NOTHING;
    private int hostLength;
    private byte[] cookies = NOTHING;
    private int cookiesLength;
    private boolean cookieNeverIndexed;

    private Kind kind = Kind.TRAILERS;
    private boolean connectProtocol;
    private int limit;
    private long size;
    private int fields;
    private @Nullable Flaw flaw;

    public FieldSection() {}

    /// Makes it ready for a request's head.
    ///
    /// @param maxBytes of names and values and 32 for each field: the SETTINGS_MAX_HEADER_LIST_SIZE
    ///   that this side announces. What is larger is refused as a message; what is sixteen times
    ///   larger ends the connection
    /// @param connectProtocol whether extended CONNECT (RFC 8441) has been allowed
    public void beginRequest(int maxBytes, boolean connectProtocol) {
        begin(Kind.REQUEST, maxBytes);
        this.connectProtocol = connectProtocol;
    }

    /// Makes it ready for a response's head, also an interim one.
    public void beginResponse(int maxBytes) {
        begin(Kind.RESPONSE, maxBytes);
    }

    /// Makes it ready for the trailers of either.
    public void beginTrailers(int maxBytes) {
        begin(Kind.TRAILERS, maxBytes);
    }

    private void begin(Kind next, int maxBytes) {
        kind = next;
        limit = maxBytes;
        connectProtocol = false;
        tail = 0;
        linesStart = 0;
        pseudo = 0;
        pseudoNeverIndexed = false;
        seen = 0;
        hostLength = 0;
        cookiesLength = 0;
        cookieNeverIndexed = false;
        size = 0;
        fields = 0;
        flaw = null;
    }

    /// Bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
    public long size() {
        return size;
    }

    /// Fields, pseudo-header fields among them.
    public int fields() {
        return fields;
    }

    /// The first thing that is wrong with the message, as far as its fields by themselves tell.
    public @Nullable Flaw flaw() {
        return flaw;
    }

    boolean beyondBound() {
        return size > (long) limit * BOUND;
    }

    /// Makes room for a line with so many bytes of name and value.
    ///
    /// @return where the line begins
    int reserve(int bytes) {
        int needed = tail + bytes + DynamicTable.LINE_EXTRA;
        if (needed > text.length) {
            text = Arrays.copyOf(text, Math.max(needed, text.length * 2));
            view = view(text);
        }
        return tail;
    }

    private static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int lineStart() {
        return tail;
    }

    /// Puts what stands around name and value.
    void line(int nameEnd, int valueStart, int valueEnd) {
        text[nameEnd] = ':';
        if (valueStart > nameEnd + 1) {
            text[nameEnd + 1] = ' ';
        }
        text[valueEnd] = '\r';
        text[valueEnd + 1] = '\n';
    }

    /// Takes a line from a table.
    void copy(byte[] from, int start, int nameEnd, int valueEnd, int traits) {
        if (flaw != null) {
            count(valueEnd - start - 2);
            return;
        }
        int length = valueEnd + 2 - start;
        int line = reserve(length);
        System.arraycopy(from, start, text, line, length);
        take(line + nameEnd - start, line + nameEnd + 2 - start, line + length - 2, traits);
    }

    private void count(int bytes) {
        size += bytes + FIELD_OVERHEAD;
        fields++;
    }

    /// The line at the end has been written: it stays, or what is wrong with it is noted.
    void take(int nameEnd, int valueStart, int valueEnd, int traits) {
        count(nameEnd - tail + valueEnd - valueStart);
        if (flaw != null) {
            return;
        }
        int which = FieldRules.kind(traits);
        if (size > limit) {
            flaw = Flaw.TOO_LARGE;
        } else if (FieldRules.flawed(traits)) {
            flaw = FieldRules.flaw(traits);
        } else if (which >= FieldRules.PSEUDO) {
            flaw = pseudo(which - FieldRules.PSEUDO, valueStart, valueEnd);
            pseudoNeverIndexed |= valueStart == nameEnd + 1;
        } else {
            flaw = ordinary(KnownHeader.ALL[which], nameEnd, valueStart, valueEnd);
        }
    }

    private @Nullable Flaw pseudo(int which, int valueStart, int valueEnd) {
        int allowed =
                switch (kind) {
                    case REQUEST ->
                            connectProtocol
                                    ? REQUEST_PSEUDO | 1 << FieldRules.PROTOCOL
                                    : REQUEST_PSEUDO;
                    case RESPONSE -> 1 << FieldRules.STATUS;
                    case TRAILERS -> 0;
                };
        if ((allowed & 1 << which) == 0) {
            return Flaw.PSEUDO_MISPLACED;
        }
        if (seen != 0) {
            return Flaw.PSEUDO_LATE;
        }
        if ((pseudo & 1 << which) != 0) {
            return Flaw.PSEUDO_REPEATED;
        }
        pseudo |= 1 << which;
        pseudoStart[which] = valueStart;
        pseudoEnd[which] = valueEnd;
        tail = valueEnd + 2;
        linesStart = tail;
        return null;
    }

    private @Nullable Flaw ordinary(KnownHeader known, int nameEnd, int valueStart, int valueEnd) {
        long bit = known.bit();
        boolean again = (seen & bit) != 0;
        seen |= bit;
        if ((bit & CONNECTION_FIELDS) != 0) {
            return Flaw.CONNECTION_FIELD;
        }
        if (kind == Kind.TRAILERS) {
            if ((bit & NO_TRAILERS) != 0) {
                return Flaw.TRAILER_FORBIDDEN;
            }
        } else if ((bit & OWN) != 0) {
            return null;
        } else if (known == KnownHeader.TE) {
            if (!FieldRules.is(view, valueStart, valueEnd, "trailers")) {
                return Flaw.TE_VALUE;
            }
        } else if (known == KnownHeader.HOST && kind == Kind.REQUEST) {
            return again ? Flaw.HOST_REPEATED : host(valueStart, valueEnd);
        } else if (known == KnownHeader.COOKIE) {
            cookie(nameEnd, valueStart, valueEnd);
            return null;
        }
        tail = valueEnd + 2;
        return null;
    }

    private @Nullable Flaw host(int start, int end) {
        if (start < end && !Authority.isValid(view, start, end)) {
            return Flaw.HOST_SYNTAX;
        }
        hostLength = end - start;
        if (host.length < hostLength) {
            host = new byte[hostLength];
        }
        System.arraycopy(text, start, host, 0, hostLength);
        return null;
    }

    /// Joins what was one field before it was cut up for the tables (RFC 9113 section 8.2.3).
    private void cookie(int nameEnd, int start, int end) {
        if (start == end) {
            // It says nothing, and joined to the others it would end a line in white space.
            return;
        }
        int needed = cookiesLength + 2 + end - start;
        if (needed > cookies.length) {
            cookies = Arrays.copyOf(cookies, Math.max(needed, 2 * cookies.length));
        }
        if (cookiesLength > 0) {
            cookies[cookiesLength++] = ';';
            cookies[cookiesLength++] = ' ';
        }
        System.arraycopy(text, start, cookies, cookiesLength, end - start);
        cookiesLength += end - start;
        cookieNeverIndexed |= start == nameEnd + 1;
    }

    boolean has(KnownHeader header) {
        return (seen & header.bit()) != 0;
    }

    boolean hasPseudo(int which) {
        return (pseudo & 1 << which) != 0;
    }

    int pseudoStart(int which) {
        return pseudoStart[which];
    }

    int pseudoEnd(int which) {
        return hasPseudo(which) ? pseudoEnd[which] : pseudoStart[which];
    }

    int pseudoLength(int which) {
        return hasPseudo(which) ? pseudoEnd[which] - pseudoStart[which] : 0;
    }

    boolean pseudoIs(int which, String text) {
        return hasPseudo(which) && FieldRules.is(view, pseudoStart[which], pseudoEnd[which], text);
    }

    int hostLength() {
        return hostLength;
    }

    /// Whether Host, where there is one, is what the authority says too.
    boolean hostAgrees() {
        int start = pseudoStart[FieldRules.AUTHORITY];
        boolean same = hostLength == pseudoLength(FieldRules.AUTHORITY);
        for (int i = 0; same && i < hostLength; i++) {
            same = Octets.lower(host[i]) == Octets.lower(text[start + i]);
        }
        return same || !has(KnownHeader.HOST);
    }

    /// Whether the request's scheme is https; what HTTP/1.1 cannot say in its usual form.
    public boolean isHttps() {
        return pseudoIs(FieldRules.SCHEME, "https");
    }

    /// Whether the request is an extended CONNECT, which [#request] turns into an upgrade.
    public boolean isExtendedConnect() {
        return hasPseudo(FieldRules.PROTOCOL);
    }

    /// Bytes that [#request], [#response] or [#trailers] may need.
    public int room() {
        return tail
                - linesStart
                + pseudoLength(FieldRules.METHOD)
                + pseudoLength(FieldRules.PATH)
                + 2 * Math.max(hostLength, pseudoLength(FieldRules.AUTHORITY))
                + cookiesLength
                + SectionText.FIXED_ROOM;
    }

    /// Writes the request's head at the position of `out`, as HTTP/1.1, and has it read. A body of
    /// unknown length is announced as chunked, which is what its DATA becomes for HTTP/1.1;
    /// [Framing#NONE] without `endStream` means that no byte of DATA may come (section 8.1.1),
    /// except with CONNECT.
    ///
    /// @param out with [#room] left; its position moves behind the head
    /// @param head what reads it; its offsets are those of `out`
    /// @param limits at least as large as what the section began with
    /// @param endStream whether the stream ends with these fields
    public void request(ByteBuffer out, MessageHead head, HeadLimits limits, boolean endStream)
            throws MalformedHead {
        SectionText.request(this, out, head, limits, endStream);
    }

    /// Writes the response's head, as [#request] does.
    ///
    /// @param requestMethod of the request it answers
    public void response(
            ByteBuffer out,
            MessageHead head,
            HeadLimits limits,
            Method requestMethod,
            boolean endStream)
            throws MalformedHead {
        SectionText.response(this, out, head, limits, requestMethod, endStream);
    }

    /// Changes a head that was just written so that the text can say what HTTP/2 does and HTTP/1.1
    /// has no place for: trailers behind a body of announced length, and the scheme https. The body
    /// is in chunks then, and the two stand in lines that [FieldBlocks] turns back; they are never
    /// to be sent in HTTP/1.1.
    ///
    /// @param out behind the head, which is the last thing in it, with [#room] left when that began
    /// @param requestMethod of the request a response answers; null for a request
    /// @return the announced length, of which so many octets must come; -1 where none was
    public long mark(
            ByteBuffer out,
            MessageHead head,
            HeadLimits limits,
            @Nullable Method requestMethod,
            boolean endStream)
            throws MalformedHead {
        return SectionText.mark(this, out, head, limits, requestMethod, endStream);
    }

    /// Writes the trailers as lines, without the empty line that ends them.
    ///
    /// @param chunked whether they go behind the last chunk of HTTP/1.1: names that may not stand
    ///   there are then left out (RFC 9110 section 6.5.1)
    public void trailers(ByteBuffer out, boolean chunked) throws MalformedHead {
        SectionText.refuse(flaw);
        if (!chunked || (seen & KnownHeader.NEVER_TRAILER) == 0) {
            out.put(text, linesStart, tail - linesStart);
            return;
        }
        for (int at = linesStart; at < tail; ) {
            int colon = FieldLine.nameEnd(view, at);
            int next = FieldLine.valueEnd(view, colon) + 2;
            if ((KnownHeader.of(view, at, colon).bit() & KnownHeader.NEVER_TRAILER) == 0) {
                out.put(text, at, next - at);
            }
            at = next;
        }
    }

    /// Puts a pseudo-header field's value.
    void putPseudo(ByteBuffer out, int which) {
        out.put(text, pseudoStart[which], pseudoLength(which));
    }

    /// Puts host and port, as a line.
    void putHost(ByteBuffer out) {
        out.put(pseudoNeverIndexed ? SectionText.HOST_NEVER_INDEXED : SectionText.HOST);
        if (hasPseudo(FieldRules.AUTHORITY)) {
            putPseudo(out, FieldRules.AUTHORITY);
        } else {
            out.put(host, 0, hostLength);
        }
        out.put(HeadWriter.CRLF);
    }

    /// Puts the fields as lines.
    void putFields(ByteBuffer out) {
        out.put(text, linesStart, tail - linesStart);
        if (cookiesLength > 0) {
            out.put(cookieNeverIndexed ? SectionText.COOKIE_NEVER_INDEXED : SectionText.COOKIE);
            out.put(cookies, 0, cookiesLength);
            out.put(HeadWriter.CRLF);
        }
    }
}
