package io.proa.formats;

import org.jspecify.annotations.Nullable;

/// Addresses in text, read strictly: as RFC 4291 section 2.2 has them for IPv6, in four decimal
/// numbers without leading zeros for IPv4, and never as a name.
final class IpText {
    private IpText() {}

    /// @return null where it is none
    static byte @Nullable [] four(String text) {
        byte[] ip = new byte[4];
        return four(text, 0, ip, 0) ? ip : null;
    }

    private static boolean four(String text, int from, byte[] ip, int at) {
        int start = from;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? text.length() : text.indexOf('.', start);
            int number = end < 0 ? -1 : decimal(text, start, end, 255);
            if (number < 0) {
                return false;
            }
            ip[at + i] = (byte) number;
            start = end + 1;
        }
        return true;
    }

    /// @return -1 where it is no number, has leading zeros or is larger
    static int decimal(String text, int from, int to, int most) {
        if (from >= to || to - from > 5 || text.charAt(from) == '0' && to - from > 1) {
            return -1;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number <= most ? number : -1;
    }

    /// @return null where it is none
    static byte @Nullable [] six(String text) {
        byte[] ip = new byte[16];
        int n = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            if (n == 16) {
                return null;
            }
            int end = at;
            while (end < text.length()
                    && end - at < 5
                    && Octets.hex((byte) text.charAt(end)) >= 0
                    && text.charAt(end) < 128) {
                end++;
            }
            if (end < text.length() && text.charAt(end) == '.') {
                if (n > 12 || !four(text, at, ip, n)) {
                    return null;
                }
                n += 4;
                at = text.length();
                break;
            }
            if (end == at || end - at > 4) {
                return null;
            }
            int group = 0;
            for (int i = at; i < end; i++) {
                group = group << 4 | Octets.hex((byte) text.charAt(i));
            }
            ip[n++] = (byte) (group >> 8);
            ip[n++] = (byte) group;
            at = end;
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at++) != ':') {
                return null;
            }
            if (at < text.length() && text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = n;
                at++;
            } else if (at == text.length()) {
                return null; // a colon at the end
            }
        }
        return filled(ip, n, gap);
    }

    private static byte @Nullable [] filled(byte[] ip, int n, int gap) {
        if (gap < 0) {
            return n == 16 ? ip : null;
        }
        if (n == 16) {
            return null; // a gap stands for something
        }
        byte[] whole = new byte[16];
        System.arraycopy(ip, 0, whole, 0, gap);
        System.arraycopy(ip, gap, whole, 16 - (n - gap), n - gap);
        return whole;
    }
}
