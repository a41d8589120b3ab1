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
    /// The length that a message of HTTP/2 announced, where its text is in chunks; as long as
    /// `content-length`, in whose place it is written.
    X_PROA_CONTENT,
    /// The scheme of a request of HTTP/2, where it is https.
    X_PROA_SCHEME,
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
    GRPC_TIMEOUT,
    GRPC_STATUS,
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
                    X_PROA_CONTENT,
                    X_PROA_SCHEME,
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

    /// Names that are [#OTHER], but so usual that telling them at once is quicker than looking at
    /// each byte.
    private static final String[] USUAL = {
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "access-control-allow-origin",
        "age",
        "content-disposition",
        "content-language",
        "content-security-policy",
        "dnt",
        "etag",
        "expires",
        "from",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "last-modified",
        "link",
        "location",
        "origin",
        "pragma",
        "priority",
        "referer",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "sec-websocket-accept",
        "sec-websocket-key",
        "sec-websocket-version",
        "strict-transport-security",
        "upgrade-insecure-requests",
        "vary",
        "via",
        "x-b3-traceid",
        "x-b3-spanid",
        "x-b3-sampled",
        "x-content-type-options",
        "x-frame-options",
        "x-powered-by",
        "x-real-ip"
    };

    private static final int LONGEST = 32;
    private static final int TOLD = ALL.length + USUAL.length;
    private static final byte[][] NAMES = new byte[TOLD][];
    private static final long[] FIRST = new long[TOLD];
    private static final long[] LAST = new long[TOLD];
    // all bits but bit 5 of the letters, which is what tells upper from lower case
    private static final long[] FIRST_CARE = new long[TOLD];
    private static final long[] LAST_CARE = new long[TOLD];
    private static final byte[] TABLE = new byte[256];

    static {
        for (KnownHeader h : ALL) {
            tell(h.index(), h.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        for (int i = 0; i < USUAL.length; i++) {
            tell(ALL.length + i, USUAL[i]);
        }
    }

    private static void tell(int index, String text) {
        byte[] name = text.getBytes(StandardCharsets.US_ASCII);
        NAMES[index] = name;
        FIRST[index] = Octets.word(name, 0, Math.min(8, name.length));
        LAST[index] = name.length > 8 ? Octets.word(name, name.length - 8, 8) : 0;
        byte[] care = new byte[name.length];
        for (int i = 0; i < name.length; i++) {
            care[i] = (byte) (name[i] >= 'a' && name[i] <= 'z' ? 0xDF : 0xFF);
        }
        FIRST_CARE[index] = Octets.word(care, 0, Math.min(8, name.length));
        LAST_CARE[index] = name.length > 8 ? Octets.word(care, name.length - 8, 8) : 0;
        int slot = slot(FIRST[index] | Octets.SPACES, LAST[index] | Octets.SPACES, name.length);
        while (TABLE[slot] != 0) {
            slot = slot + 1 & 255;
        }
        TABLE[slot] = (byte) (index + 1);
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

    /// Recognises a name in any letter case, by comparing whole words.
    static KnownHeader of(ByteBuffer buf, int start, int end) {
        return at(told(buf, start, end));
    }

    /// The header of an index given by [#told].
    static KnownHeader at(int told) {
        return told >= 0 && told < ALL.length ? ALL[told] : OTHER;
    }

    /// The index of one of the names that can be told at once; -1 for all others. Here any bytes
    /// may be asked about: since each byte is compared, a name that is told is a token.
    static int told(ByteBuffer buf, int start, int end) {
        int length = end - start;
        if (length > LONGEST || length < 2) {
            return -1;
        }
        long first = length > 8 ? Octets.load(buf, start) : Octets.tail(buf, start, end);
        long last = length > 8 ? Octets.load(buf, end - 8) : 0;
        int slot = slot(first | Octets.SPACES, last | Octets.SPACES, length);
        int entry;
        while ((entry = TABLE[slot] - 1) >= 0) {
            if (((first ^ FIRST[entry]) & FIRST_CARE[entry]) == 0
                    && ((last ^ LAST[entry]) & LAST_CARE[entry]) == 0
                    && middle(buf, start, length, NAMES[entry])) {
                return entry;
            }
            slot = slot + 1 & 255;
        }
        return -1;
    }

    private static boolean middle(ByteBuffer buf, int start, int length, byte[] name) {
        if (name.length != length) {
            return false;
        }
        for (int i = 8; i < length - 8; i++) {
            if (Octets.lower(buf.get(start + i)) != name[i]) {
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
