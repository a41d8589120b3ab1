package io.proa.traffic;

import org.jspecify.annotations.Nullable;

/// How rules read a path. What is forwarded is never changed by that.
///
/// Rules see a path in which percent-encoded letters, digits, `-`, `.`, `_` and `~` are decoded and
/// dot segments are resolved (RFC 3986 section 6.2.2), since servers read it so. Two slashes are
/// never one. What is unclear between servers can be refused.
///
/// @param encodedSlashes what `%2F`, and `%5C`, which some servers take for one, are
/// @param dotSegments what becomes of a path with `.` or `..` between slashes, encoded or not
public record PathPolicy(EncodedSlashes encodedSlashes, DotSegments dotSegments) {
    /// What an encoded slash is.
    public enum EncodedSlashes {
        /// A part of a segment's name, as RFC 3986 has it.
        KEEP,
        /// A slash.
        DECODE,
        /// A reason to refuse the request.
        REFUSE
    }

    /// What becomes of dot segments.
    public enum DotSegments {
        /// Rules see the path they lead to.
        RESOLVE,
        /// The request is refused.
        REFUSE
    }

    public static final PathPolicy DEFAULT =
            new PathPolicy(EncodedSlashes.KEEP, DotSegments.RESOLVE);

    /// Whether any path can be refused.
    public boolean refusesAny() {
        return encodedSlashes == EncodedSlashes.REFUSE || dotSegments == DotSegments.REFUSE;
    }

    /// Why the path is refused; null where it is not.
    ///
    /// @param path in origin form, query included
    public @Nullable String refusal(String path) {
        int end = endOf(path);
        if (isPlain(path, end)) {
            return null;
        }
        if (encodedSlashes == EncodedSlashes.REFUSE && hasEncodedSlash(path, end)) {
            return "the path has an encoded slash";
        }
        if (dotSegments == DotSegments.REFUSE) {
            String decoded = decoded(path, end);
            if (decoded.length() != resolved(decoded).length()) {
                return "the path has dot segments";
            }
        }
        return null;
    }

    /// The path as rules see it, without the query; the same text where there is nothing to do.
    public String forRules(String path) {
        int end = endOf(path);
        if (isPlain(path, end)) {
            return end == path.length() ? path : path.substring(0, end);
        }
        return resolved(decoded(path, end));
    }

    private static int endOf(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path.length() : query;
    }

    /// Whether nothing is encoded and no segment begins with a dot.
    private static boolean isPlain(String path, int end) {
        for (int i = 0; i < end; i++) {
            char c = path.charAt(i);
            if (c == '%' || c == '.' && i > 0 && path.charAt(i - 1) == '/') {
                return false;
            }
        }
        return true;
    }

    private static boolean hasEncodedSlash(String path, int end) {
        for (int i = path.indexOf('%'); i >= 0 && i < end; i = path.indexOf('%', i + 1)) {
            int c = encoded(path, i, end);
            if (c == '/' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    /// @return -1 where it is no encoded octet
    private static int encoded(String path, int at, int end) {
        if (at + 2 >= end) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private String decoded(String path, int end) {
        StringBuilder text = new StringBuilder(end);
        int i = 0;
        while (i < end) {
            char c = path.charAt(i);
            int octet = c == '%' ? encoded(path, i, end) : -1;
            if (octet >= 0 && isUnreserved(octet)) {
                text.append((char) octet);
                i += 3;
            } else if ((octet == '/' || octet == '\\') && encodedSlashes == EncodedSlashes.DECODE) {
                text.append('/');
                i += 3;
            } else if (octet >= 0) {
                // One spelling for what stays encoded.
                text.append('%')
                        .append(Character.toUpperCase(path.charAt(i + 1)))
                        .append(Character.toUpperCase(path.charAt(i + 2)));
                i += 3;
            } else {
                text.append(c);
                i++;
            }
        }
        return text.toString();
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /// RFC 3986 section 5.2.4.
    private static String resolved(String path) {
        if (!path.startsWith("/")) {
            return path;
        }
        StringBuilder text = new StringBuilder(path.length());
        int i = 0;
        while (i < path.length()) {
            int next = path.indexOf('/', i + 1);
            int end = next < 0 ? path.length() : next;
            boolean last = next < 0;
            if (isSegment(path, i + 1, end, ".")) {
                text.append(last ? "/" : "");
            } else if (isSegment(path, i + 1, end, "..")) {
                text.setLength(Math.max(0, text.lastIndexOf("/")));
                text.append(last ? "/" : "");
            } else {
                text.append(path, i, end);
            }
            i = end;
        }
        return text.isEmpty() ? "/" : text.toString();
    }

    private static boolean isSegment(String path, int from, int to, String dots) {
        return to - from == dots.length() && path.startsWith(dots, from);
    }
}
