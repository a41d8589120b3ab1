package io.proa.proxy.tunnel;

import io.proa.formats.FrameWriter;
import java.nio.ByteBuffer;

/// Tells HTTP/1.1 and HTTP/2 from everything else by what the client sends first.
public final class FirstBytes {
    /// What the bytes so far say.
    public enum Verdict {
        HTTP1,
        HTTP2,
        /// A record of a TLS handshake.
        TLS,
        OPAQUE,
        /// A word that may become a method nobody knows, and rarely does.
        WORD,
        /// The beginning of HTTP, or nothing yet.
        MORE
    }

    private static final int HANDSHAKE = 22;

    private static final int LONGEST_METHOD = 24;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final String[] METHODS = {
        "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ", "CONNECT "
    };

    private FirstBytes() {}

    /// A known method decides at once; an unknown one only with the version at the end of its line.
    public static Verdict judge(ByteBuffer bytes, int from, int to) {
        // RFC 9112 section 2.2: an empty line before the request line is tolerated.
        while (to - from >= 2 && bytes.get(from) == '\r' && bytes.get(from + 1) == '\n') {
            from += 2;
        }
        if (beginsTls(bytes, from, to)) {
            return Verdict.TLS;
        }
        if (from < to && FrameWriter.beginsPreface(bytes, from, to)) {
            return to - from >= FrameWriter.prefaceLength() ? Verdict.HTTP2 : Verdict.MORE;
        }
        boolean possible = false;
        for (String method : METHODS) {
            int n = Math.min(method.length(), to - from);
            if (startsWith(bytes, from, method, n)) {
                if (n == method.length()) {
                    return Verdict.HTTP1;
                }
                possible = true;
            }
        }
        return possible ? Verdict.MORE : byVersion(bytes, from, to);
    }

    /// Whether the bytes are those of a handshake's record, as far as there are any.
    public static boolean beginsTls(ByteBuffer bytes, int from, int to) {
        return from < to
                && bytes.get(from) == HANDSHAKE
                && (to - from == 1 || bytes.get(from + 1) == 3);
    }

    private static boolean startsWith(ByteBuffer bytes, int from, String text, int n) {
        for (int i = 0; i < n; i++) {
            if (bytes.get(from + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static Verdict byVersion(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && isToken(bytes.get(i))) {
            i++;
        }
        if (i - from > LONGEST_METHOD || i < to && bytes.get(i) != ' ' || i == from && i < to) {
            return Verdict.OPAQUE;
        }
        int end = i;
        while (end < to && bytes.get(end) != '\n') {
            end++;
        }
        if (end == to) {
            if (to - from > LONGEST_LINE) {
                return Verdict.OPAQUE;
            }
            return i == to ? Verdict.WORD : Verdict.MORE;
        }
        String version = " HTTP/1.";
        int at = end - version.length() - (bytes.get(end - 1) == '\r' ? 2 : 1);
        return at > i && startsWith(bytes, at, version, version.length())
                ? Verdict.HTTP1
                : Verdict.OPAQUE;
    }

    private static boolean isToken(byte b) {
        return b >= 'A' && b <= 'Z'
                || b >= 'a' && b <= 'z'
                || b >= '0' && b <= '9'
                || b == '-'
                || b == '_'
                || b == '.'
                || b == '!'
                || b == '+';
    }
}
