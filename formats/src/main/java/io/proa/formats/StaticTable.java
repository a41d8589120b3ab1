package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The static table of RFC 7541 appendix A, as lines in one array like those of [DynamicTable].
final class StaticTable {
    static final int COUNT = 61;

    static final int AUTHORITY = 1;
    static final int METHOD_GET = 2;
    static final int METHOD_POST = 3;
    static final int PATH_ROOT = 4;
    static final int SCHEME_HTTP = 6;
    static final int SCHEME_HTTPS = 7;
    static final int STATUS_200 = 8;
    static final int STATUS_500 = 14;
    static final int ACCEPT_ENCODING_GZIP = 16;

    private static final String[] FIELDS = {
        ":authority: ",
        ":method: GET",
        ":method: POST",
        ":path: /",
        ":path: /index.html",
        ":scheme: http",
        ":scheme: https",
        ":status: 200",
        ":status: 204",
        ":status: 206",
        ":status: 304",
        ":status: 400",
        ":status: 404",
        ":status: 500",
        "accept-charset: ",
        "accept-encoding: gzip, deflate",
        "accept-language: ",
        "accept-ranges: ",
        "accept: ",
        "access-control-allow-origin: ",
        "age: ",
        "allow: ",
        "authorization: ",
        "cache-control: ",
        "content-disposition: ",
        "content-encoding: ",
        "content-language: ",
        "content-length: ",
        "content-location: ",
        "content-range: ",
        "content-type: ",
        "cookie: ",
        "date: ",
        "etag: ",
        "expect: ",
        "expires: ",
        "from: ",
        "host: ",
        "if-match: ",
        "if-modified-since: ",
        "if-none-match: ",
        "if-range: ",
        "if-unmodified-since: ",
        "last-modified: ",
        "link: ",
        "location: ",
        "max-forwards: ",
        "proxy-authenticate: ",
        "proxy-authorization: ",
        "range: ",
        "referer: ",
        "refresh: ",
        "retry-after: ",
        "server: ",
        "set-cookie: ",
        "strict-transport-security: ",
        "transfer-encoding: ",
        "user-agent: ",
        "vary: ",
        "via: ",
        "www-authenticate: "
    };

    static final byte[] TEXT;
    private static final short[] START = new short[COUNT + 2];
    private static final byte[] NAME_LENGTH = new byte[COUNT + 1];
    private static final byte[] TRAITS = new byte[COUNT + 1];

    /// By what [KnownHeader#told] says of a name.
    private static final byte[] BY_NAME = new byte[128];

    static {
        StringBuilder lines = new StringBuilder(2048);
        for (int i = 1; i <= COUNT; i++) {
            String field = FIELDS[i - 1];
            START[i] = (short) lines.length();
            NAME_LENGTH[i] = (byte) field.indexOf(':', 1);
            lines.append(field).append("\r\n");
        }
        START[COUNT + 1] = (short) lines.length();
        TEXT = lines.toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer text = ByteBuffer.wrap(TEXT);
        for (int i = COUNT; i >= 1; i--) {
            TRAITS[i] = (byte) FieldRules.ofName(text, start(i), nameEnd(i));
            int told = KnownHeader.told(text, start(i), nameEnd(i));
            if (told >= 0) {
                BY_NAME[told] = (byte) i;
            }
        }
    }

    private StaticTable() {}

    static int start(int index) {
        return START[index];
    }

    static int nameEnd(int index) {
        return START[index] + NAME_LENGTH[index];
    }

    static int valueEnd(int index) {
        return START[index + 1] - 2;
    }

    static int traits(int index) {
        return TRAITS[index];
    }

    /// An entry with a name that [KnownHeader#told] has told, or 0.
    static int named(int told) {
        return BY_NAME[told];
    }

    /// The entry with this status, or 0.
    static int status(int status) {
        return switch (status) {
            case 200 -> STATUS_200;
            case 204 -> 9;
            case 206 -> 10;
            case 304 -> 11;
            case 400 -> 12;
            case 404 -> 13;
            case 500 -> STATUS_500;
            default -> 0;
        };
    }
}
