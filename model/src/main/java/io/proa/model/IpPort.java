package io.proa.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// A numeric address and a TCP port (1 to 65535); never a name, so resolving can never block a
/// loop.
public record IpPort(InetAddress ip, int port) {
    public IpPort {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + ": expected 1 to 65535");
        }
    }

    public static IpPort of(InetSocketAddress address) {
        return new IpPort(address.getAddress(), address.getPort());
    }

    /// Parses `10.0.0.1:80` or `[fd00::1]:80`.
    ///
    /// @throws IllegalArgumentException for anything else, host names included
    public static IpPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "': expected ADDRESS:PORT");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': write an IPv6 address in brackets");
        }
        try {
            return new IpPort(literal(host), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(
                    "'" + text + "': expected a port number after the last colon");
        }
    }

    /// An address literal; never asks a resolver.
    ///
    /// @throws IllegalArgumentException where `text` is not a literal
    public static InetAddress literal(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        boolean v4 =
                !v6
                        && text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))
                        && text.chars().filter(c -> c == '.').count() == 3;
        if (!v4 && !v6) {
            throw new IllegalArgumentException(
                    "'" + text + "': expected a numeric IPv4 or IPv6 address");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "'" + text + "': expected a numeric IPv4 or IPv6 address", e);
        }
    }

    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(ip, port);
    }

    @Override
    public String toString() {
        String host = ip.getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
