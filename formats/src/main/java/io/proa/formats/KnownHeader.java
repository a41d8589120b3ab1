package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The field names this house acts upon. All others are [#OTHER] and pass untouched.
public enum KnownHeader {
    CONNECTION,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    HOST,
    EXPECT,
    UPGRADE,
    TE,
    TRAILER,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    DATE,
    SERVER,
    TRACEPARENT,
    TRACESTATE,
    BAGGAGE,
    X_REQUEST_ID,
    X_PROA_ATTEMPT,
    X_PROA_DEADLINE_MS,
    X_PROA_REASON,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO,
    X_FORWARDED_CLIENT_CERT,
    FORWARDED,
    HTTP2_SETTINGS,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    PROXY_AUTHENTICATION_INFO,
    WWW_AUTHENTICATE,
    AUTHORIZATION,
    COOKIE,
    SET_COOKIE,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    CONTENT_RANGE,
    CACHE_CONTROL,
    MAX_FORWARDS,
    RANGE,
    RETRY_AFTER,
    USER_AGENT,
    OTHER;

    static final KnownHeader[] ALL = values();

    /// Framing, routing and identity: a peer may not have these removed by naming them in
    /// Connection.
    static final long PROTECTED =
            bits(
                    CONTENT_LENGTH,
                    TRANSFER_ENCODING,
                    HOST,
                    EXPECT,
                    TRAILER,
                    DATE,
                    TRACEPARENT,
                    TRACESTATE,
                    BAGGAGE,
                    X_REQUEST_ID,
                    X_PROA_ATTEMPT,
                    X_PROA_DEADLINE_MS,
                    X_PROA_REASON,
                    X_FORWARDED_FOR,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PROTO,
                    X_FORWARDED_CLIENT_CERT,
                    FORWARDED,
                    AUTHORIZATION,
                    COOKIE,
                    SET_COOKIE,
                    CONTENT_TYPE,
                    CONTENT_ENCODING,
                    CONTENT_RANGE,
                    CACHE_CONTROL,
                    MAX_FORWARDS,
                    RANGE,
                    WWW_AUTHENTICATE);

    /// What RFC 9110 section 6.5.1 keeps out of trailers, and what the mesh itself decides by.
    static final long NEVER_TRAILER =
            PROTECTED & ~bits(DATE)
                    | bits(
                            CONNECTION,
                            UPGRADE,
                            TE,
                            KEEP_ALIVE,
                            PROXY_CONNECTION,
                            HTTP2_SETTINGS,
                            PROXY_AUTHENTICATE,
                            PROXY_AUTHORIZATION,
                            PROXY_AUTHENTICATION_INFO);

    /// Fields of one hop (RFC 9110 section 7.6.1), whether Connection names them or not.
    static final long ONE_HOP =
            bits(CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, UPGRADE, HTTP2_SETTINGS);

    /// Names that servers which read `_` as `-` (CGI, WSGI) would take for a field that decides
    /// framing or identity.
    private static final long IMITABLE =
            bits(
                    CONTENT_LENGTH,
                    TRANSFER_ENCODING,
                    X_FORWARDED_CLIENT_CERT,
                    X_PROA_ATTEMPT,
                    X_PROA_DEADLINE_MS,
                    X_PROA_REASON);

    private static final int LONGEST = 32;
    private static final byte[][] NAMES = new byte[ALL.length][];
    private static final long[] FIRST = new long[ALL.length];
    private static final long[] LAST = new long[ALL.length];
    private static final byte[] TABLE = new byte[256];

    static {
        for (KnownHeader h : ALL) {
            byte[] name =
                    h.name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-')
                            .getBytes(StandardCharsets.US_ASCII);
            NAMES[h.index()] = name;
            if (h == OTHER) {
                continue;
            }
            FIRST[h.index()] = Octets.word(name, 0, Math.min(8, name.length));
            LAST[h.index()] = name.length > 8 ? Octets.word(name, name.length - 8, 8) : 0;
            int slot = slot(FIRST[h.index()], LAST[h.index()], name.length);
            while (TABLE[slot] != 0) {
                slot = slot + 1 & 255;
            }
            TABLE[slot] = (byte) (h.index() + 1);
        }
    }

    /// Its place in [#ALL].
    @SuppressWarnings("EnumOrdinal") // indexes tables made from values(), never stored
    byte index() {
        return (byte) ordinal();
    }

    long bit() {
        return 1L << index();
    }

    /// The name in lower case, as in `content-length`.
    public String lowerCaseName() {
        return new String(NAMES[index()], StandardCharsets.US_ASCII);
    }

    /// Recognises the token between two indexes, in any letter case, by comparing whole words.
    ///
    /// A token has no control bytes, so that setting bit 5 in each byte maps nothing but the
    /// upper-case letter onto a lower-case one, and nothing onto a hyphen or digit but itself.
    static KnownHeader of(ByteBuffer buf, int start, int end) {
        int length = end - start;
        if (length > LONGEST || length < 2) {
            return OTHER;
        }
        long first;
        long last;
        if (length > 8) {
            first = Octets.load(buf, start) | Octets.SPACES;
            last = Octets.load(buf, end - 8) | Octets.SPACES;
        } else {
            first = Octets.tail(buf, start, end) | Octets.SPACES >>> (64 - 8 * length);
            last = 0;
        }
        int slot = slot(first, last, length);
        int entry;
        while ((entry = TABLE[slot]) != 0) {
            if (FIRST[entry - 1] == first
                    && LAST[entry - 1] == last
                    && middle(buf, start, length, NAMES[entry - 1])) {
                return ALL[entry - 1];
            }
            slot = slot + 1 & 255;
        }
        return OTHER;
    }

    private static boolean middle(ByteBuffer buf, int start, int length, byte[] name) {
        if (name.length != length) {
            return false;
        }
        for (int i = 8; i < length - 8; i++) {
            if ((buf.get(start + i) | 0x20) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /// Recognises a name already in lower case; not for the common path.
    static KnownHeader of(byte[] lowerCase, int length) {
        for (KnownHeader h : ALL) {
            byte[] name = NAMES[h.index()];
            if (h != OTHER && name.length == length && Octets.same(name, lowerCase, length)) {
                return h;
            }
        }
        return OTHER;
    }

    /// Whether a name that holds an underscore would be one of [#IMITABLE] with hyphens instead.
    static boolean imitates(ByteBuffer buf, int start, int end) {
        int length = end - start;
        if (length > LONGEST) {
            return false;
        }
        byte[] name = new byte[length];
        for (int i = 0; i < length; i++) {
            byte b = buf.get(start + i);
            name[i] = b == '_' ? (byte) '-' : Octets.lower(b);
        }
        return (of(name, length).bit() & IMITABLE) != 0;
    }

    private static int slot(long first, long last, int length) {
        long mixed = (first ^ Long.rotateLeft(last, 21)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 56) + length & 255;
    }

    private static long bits(KnownHeader... headers) {
        long bits = 0;
        for (KnownHeader h : headers) {
            bits |= 1L << h.index();
        }
        return bits;
    }
}
