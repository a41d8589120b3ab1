package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Encodes heads for HTTP/2, with the edits that [HeadWriter] would make: walks a [MessageHead],
/// whether it came by HTTP/1.1 or was made from a [FieldSection], and leaves out what belongs to a
/// connection of HTTP/1.1.
///
/// Blocks are written at the position of `out`, which moves; [#room] says how many bytes are
/// certainly enough. Reusable, one for a loop; used by one thread only.
public final class FieldBlocks {
    private static final int FIXED_ROOM = 128;
    private static final int ROOM_PER_FIELD = 5;

    /// Shorter ones could be guessed by who sees the length of what a table makes of them (RFC 7541
    /// section 7.1.3).
    private static final int SHORT_COOKIE = 20;

    private static final byte[] CONTENT_LENGTH =
            "content-length".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TE = "te".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRAILERS = "trailers".getBytes(StandardCharsets.US_ASCII);

    private static final long CONNECTION_FIELDS =
            KnownHeader.ONE_HOP
                    | KnownHeader.TRANSFER_ENCODING.bit()
                    | KnownHeader.X_PROA_SCHEME.bit();
    private static final long SECRETS =
            KnownHeader.AUTHORIZATION.bit()
                    | KnownHeader.PROXY_AUTHORIZATION.bit()
                    | KnownHeader.SET_COOKIE.bit();

    private final FieldLine line = new FieldLine();

    public FieldBlocks() {}

    /// Bytes of free space that are certainly enough for this head with these edits.
    public static int room(MessageHead head, HeadEdits edits) {
        return head.end()
                - head.start()
                + ROOM_PER_FIELD * head.headerCount()
                + 2 * edits.mostBytes()
                + FIXED_ROOM;
    }

    /// Encodes a request's head. An upgrade is left out: what asks for one goes by HTTP/1.1.
    ///
    /// @param source the buffer the head was parsed from
    /// @param https what `:scheme` says, where [FieldSection#mark] has not said it already
    public void request(
            MessageHead head,
            ByteBuffer source,
            HeadEdits edits,
            boolean https,
            HpackEncoder encoder,
            ByteBuffer out) {
        int at = encoder.begin(out, out.position());
        int host = head.find(KnownHeader.HOST);
        boolean never = host >= 0 && neverIndexed(source, head.nameEnd(host));
        at = method(head, source, encoder, out, at);
        if (head.method() != Method.CONNECT) {
            at =
                    HpackEncoder.indexed(
                            out,
                            at,
                            https || head.has(KnownHeader.X_PROA_SCHEME)
                                    ? StaticTable.SCHEME_HTTPS
                                    : StaticTable.SCHEME_HTTP);
            at = path(head, source, encoder, out, at, never);
        }
        at = authority(head, source, edits, encoder, out, at);
        long drop = edits.removed | CONNECTION_FIELDS | KnownHeader.HOST.bit();
        if (!head.expectsContinue()) {
            drop |= KnownHeader.EXPECT.bit();
        }
        at = fields(head, source, edits, drop, encoder, out, at);
        if ((edits.connection & HeadWriter.TE) != 0 && head.hasTrailerAllowance()) {
            line.name(TE);
            line.value(TRAILERS);
            at = field(encoder, out, at, false);
        }
        out.position(added(edits, encoder, out, at));
    }

    /// Encodes a response's head, also an interim one but 101.
    public void response(
            MessageHead head,
            ByteBuffer source,
            HeadEdits edits,
            HpackEncoder encoder,
            ByteBuffer out) {
        int at = encoder.begin(out, out.position());
        int status = head.status();
        int index = StaticTable.status(status);
        if (index != 0) {
            at = HpackEncoder.indexed(out, at, index);
        } else {
            line.name(StaticTable.STATUS_200);
            line.value((char) ('0' + status / 100));
            line.value((char) ('0' + status / 10 % 10));
            line.value((char) ('0' + status % 10));
            line.end();
            at = encoder.field(out, at, line, StaticTable.STATUS_200, false);
        }
        long drop = edits.removed | CONNECTION_FIELDS;
        boolean tunnel = head.method() == Method.CONNECT && status < 300;
        if (status < 200 || status == 204 || tunnel || isMarkedEmpty(head, source)) {
            drop |= KnownHeader.CONTENT_LENGTH.bit();
        }
        at = fields(head, source, edits, drop, encoder, out, at);
        out.position(added(edits, encoder, out, at));
    }

    /// Encodes trailers.
    ///
    /// @param lines field lines `[from, to)` without the empty line behind them, accepted by
    ///   [ChunkedBody] or written by [FieldSection]
    public void trailers(ByteBuffer lines, int from, int to, HpackEncoder encoder, ByteBuffer out) {
        int at = encoder.begin(out, out.position());
        for (int i = from; i < to; ) {
            int colon = FieldLine.nameEnd(lines, i);
            int end = FieldLine.valueEnd(lines, colon);
            int valueStart = colon + 1;
            int valueEnd = end;
            while (valueStart < end && Octets.isBlank(lines.get(valueStart))) {
                valueStart++;
            }
            while (valueEnd > valueStart && Octets.isBlank(lines.get(valueEnd - 1))) {
                valueEnd--;
            }
            if ((KnownHeader.of(lines, i, colon).bit() & CONNECTION_FIELDS) == 0) {
                line.name(lines, i, colon);
                line.value(lines, valueStart, valueEnd);
                at = field(encoder, out, at, neverIndexed(lines, colon));
            }
            i = end + 2;
        }
        out.position(at);
    }

    /// Bytes that [#trailers] may need.
    public static int roomForTrailers(int from, int to) {
        return 2 * (to - from) + FIXED_ROOM;
    }

    private int method(
            MessageHead head, ByteBuffer source, HpackEncoder encoder, ByteBuffer out, int at) {
        if (head.method() == Method.GET) {
            return HpackEncoder.indexed(out, at, StaticTable.METHOD_GET);
        }
        if (head.method() == Method.POST) {
            return HpackEncoder.indexed(out, at, StaticTable.METHOD_POST);
        }
        line.name(StaticTable.METHOD_GET);
        line.value(source, head.methodStart(), head.methodEnd());
        line.end();
        return encoder.field(out, at, line, StaticTable.METHOD_GET, false);
    }

    private int path(
            MessageHead head,
            ByteBuffer source,
            HpackEncoder encoder,
            ByteBuffer out,
            int at,
            boolean never) {
        int start = head.pathStart();
        int end = head.targetEnd();
        if (!never && end - start == 1 && source.get(start) == '/') {
            return HpackEncoder.indexed(out, at, StaticTable.PATH_ROOT);
        }
        line.name(StaticTable.PATH_ROOT);
        if (head.pathEnd() == start) {
            // as where a whole URI leaves it out (RFC 9113 section 8.3.1)
            line.value(head.method() == Method.OPTIONS && end == start ? '*' : '/');
        }
        line.value(source, start, end);
        line.end();
        return encoder.field(out, at, line, StaticTable.PATH_ROOT, never);
    }

    private int authority(
            MessageHead head,
            ByteBuffer source,
            HeadEdits edits,
            HpackEncoder encoder,
            ByteBuffer out,
            int at) {
        int host = head.find(KnownHeader.HOST);
        line.name(StaticTable.AUTHORITY);
        if (host >= 0 && (edits.replacedNames & KnownHeader.HOST.bit()) != 0) {
            line.value(edits.replacement(KnownHeader.HOST));
        } else if (head.authorityEnd() > head.authorityStart()) {
            line.value(source, head.authorityStart(), head.authorityEnd());
        } else if (host >= 0) {
            line.value(source, head.valueStart(host), head.valueEnd(host));
        } else {
            line.value(edits.hostIfAbsent);
        }
        line.end();
        if (line.valueLength() == 0) {
            return at;
        }
        boolean never = host >= 0 && neverIndexed(source, head.nameEnd(host));
        return encoder.field(out, at, line, StaticTable.AUTHORITY, never);
    }

    private int fields(
            MessageHead head,
            ByteBuffer source,
            HeadEdits edits,
            long drop,
            HpackEncoder encoder,
            ByteBuffer out,
            int from) {
        int at = from;
        boolean listed = (head.connection & ConnectionOptions.NAMES) != 0;
        long replaced = 0;
        for (int i = 0; i < head.headerCount(); i++) {
            int nameStart = head.nameStart(i);
            int nameEnd = head.nameEnd(i);
            long bit = head.known(i).bit();
            if ((drop & bit) != 0
                    || (replaced & bit) != 0
                    || listed && ConnectionOptions.names(head, nameStart, nameEnd)) {
                continue;
            }
            if (head.known(i) == KnownHeader.X_PROA_CONTENT) {
                line.name(CONTENT_LENGTH);
            } else {
                line.name(source, nameStart, nameEnd);
            }
            if ((edits.replacedNames & bit) != 0) {
                line.value(edits.replacement(head.known(i)));
                replaced |= bit;
            } else {
                line.value(source, head.valueStart(i), head.valueEnd(i));
            }
            at = field(encoder, out, at, neverIndexed(source, nameEnd));
        }
        return at;
    }

    private int added(HeadEdits edits, HpackEncoder encoder, ByteBuffer out, int from) {
        int at = from;
        for (int i = 0; i < edits.addedLength; ) {
            i = line.take(edits.added, i);
            at = field(encoder, out, at, false);
        }
        return at;
    }

    private int field(HpackEncoder encoder, ByteBuffer out, int at, boolean never) {
        line.end();
        int told = line.told();
        KnownHeader known = KnownHeader.at(told);
        boolean secret =
                never
                        || (known.bit() & SECRETS) != 0
                        || known == KnownHeader.COOKIE && line.valueLength() < SHORT_COOKIE;
        return encoder.field(out, at, line, told < 0 ? 0 : StaticTable.named(told), secret);
    }

    /// Whether a line is marked by having no space behind its colon; see [FieldSection].
    private static boolean neverIndexed(ByteBuffer source, int colon) {
        return !Octets.isBlank(source.get(colon + 1));
    }

    /// Whether the sidecar itself has said that there is no body, where in HTTP/2 the stream's end
    /// says so.
    private static boolean isMarkedEmpty(MessageHead head, ByteBuffer source) {
        int i = head.find(KnownHeader.CONTENT_LENGTH);
        return i >= 0 && head.contentLength() == 0 && neverIndexed(source, head.nameEnd(i));
    }
}
