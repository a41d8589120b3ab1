package io.proa.proxy;

import io.proa.model.IpPort;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Host and port as a request to an HTTP proxy names them.
///
/// @param host in lower case, without brackets and the dot of a complete name
/// @param port 1 to 65535
record ProxyAddress(String host, int port) {
    private static final int LONGEST_NAME = 253;

    /// @param authority `orders:8080`, `[fd00::1]`; its syntax has been checked
    /// @param usual port where none is named, 0 = there must be one
    /// @return null for what cannot be connected to
    static @Nullable ProxyAddress parse(String authority, int usual) {
        int colon = authority.lastIndexOf(':');
        boolean portNamed = colon > authority.lastIndexOf(']');
        String host = portNamed ? authority.substring(0, colon) : authority;
        String digits = portNamed ? authority.substring(colon + 1) : "";
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        int port = digits.isEmpty() ? usual : number(digits);
        if (host.isEmpty() || host.length() > LONGEST_NAME || port < 1 || port > 65535) {
            return null;
        }
        return new ProxyAddress(host.toLowerCase(Locale.ROOT), port);
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// The address, where the host is one; null where it is a name.
    @Nullable InetAddress literal() {
        char last = host.charAt(host.length() - 1);
        if (host.indexOf(':') < 0 && (last < '0' || last > '9')) {
            return null;
        }
        try {
            return IpPort.literal(host);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
