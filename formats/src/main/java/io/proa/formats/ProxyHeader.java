package io.proa.formats;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The header by which a proxy tells at the beginning of a connection from where it comes: the
/// PROXY protocol, version 1 (one line of text) and 2 (binary), as
/// <https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt> has it.
///
/// Read strictly: whoever may say where a connection comes from is believed, so nothing is guessed
/// and nothing is repaired. Of the families only TCP over IPv4 and IPv6 is known.
///
/// @param length of the header, in octets
/// @param source from where the client connected; null where the proxy speaks for itself (LOCAL) or
///   does not know (UNKNOWN, UNSPEC)
/// @param destination to where it did; null as above
public record ProxyHeader(
        int length, @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
    /// The most that a header may have here; the specification has 107 for version 1, and more than
    /// anybody sends for version 2.
    public static final int LONGEST = 2048;

    private static final int LONGEST_TEXT = 107;
    private static final byte[] TEXT = ascii("PROXY ");
    private static final byte[] SIGNATURE = {
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };
    private static final int FIXED = 16;
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int CHECKSUM = 0x03;

    /// Reads a header, if it has arrived.
    ///
    /// @return null where more must come
    /// @throws MalformedProxyHeader where there is none, or none that is allowed
    public static @Nullable ProxyHeader read(ByteBuffer bytes, int from, int to)
            throws MalformedProxyHeader {
        if (from == to) {
            return null;
        }
        if (bytes.get(from) == SIGNATURE[0]) {
            return begins(bytes, from, to, SIGNATURE) ? binary(bytes, from, to) : null;
        }
        return begins(bytes, from, to, TEXT) ? text(bytes, from, to) : null;
    }

    /// @return whether all of `expected` is there
    /// @throws MalformedProxyHeader where it will not be
    private static boolean begins(ByteBuffer bytes, int from, int to, byte[] expected)
            throws MalformedProxyHeader {
        int n = Math.min(expected.length, to - from);
        for (int i = 0; i < n; i++) {
            if (bytes.get(from + i) != expected[i]) {
                throw new MalformedProxyHeader(
                        "the connection does not begin with a header of the PROXY protocol");
            }
        }
        return n == expected.length;
    }

    private static @Nullable ProxyHeader text(ByteBuffer bytes, int from, int to)
            throws MalformedProxyHeader {
        int most = Math.min(to, from + LONGEST_TEXT);
        int end = from + TEXT.length;
        while (end < most && bytes.get(end) != '\n') {
            end++;
        }
        if (end == most) {
            if (to - from >= LONGEST_TEXT) {
                throw new MalformedProxyHeader("a PROXY line of more than 107 octets");
            }
            return null;
        }
        if (bytes.get(end - 1) != '\r') {
            throw new MalformedProxyHeader("a PROXY line that ends without CR");
        }
        byte[] line = new byte[end - 1 - from - TEXT.length];
        bytes.get(from + TEXT.length, line);
        return line(new String(line, StandardCharsets.ISO_8859_1), end + 1 - from);
    }

    private static ProxyHeader line(String line, int length) throws MalformedProxyHeader {
        if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
            return new ProxyHeader(length, null, null);
        }
        String[] words = line.split(" ", -1);
        boolean four = words[0].equals("TCP4");
        if (!four && !words[0].equals("TCP6")) {
            throw new MalformedProxyHeader(
                    "a PROXY line for another protocol than TCP4, TCP6 and UNKNOWN");
        }
        if (words.length != 5) {
            throw new MalformedProxyHeader(
                    "a PROXY line of "
                            + words.length
                            + " words, expected 5 with one blank between");
        }
        return new ProxyHeader(
                length,
                address(ip(words[1], four), port(words[3])),
                address(ip(words[2], four), port(words[4])));
    }

    private static byte[] ip(String text, boolean four) throws MalformedProxyHeader {
        byte[] ip = four ? IpText.four(text) : IpText.six(text);
        if (ip == null) {
            throw new MalformedProxyHeader(
                    "a PROXY line with an address that is not one of IPv" + (four ? 4 : 6));
        }
        return ip;
    }

    private static int port(String digits) throws MalformedProxyHeader {
        int port = IpText.decimal(digits, 0, digits.length(), 65_535);
        if (port < 0) {
            throw new MalformedProxyHeader("a PROXY line with a port that is not 0 to 65535");
        }
        return port;
    }

    private static @Nullable ProxyHeader binary(ByteBuffer bytes, int from, int to)
            throws MalformedProxyHeader {
        if (to - from < FIXED) {
            return null;
        }
        int command = bytes.get(from + 12) & 0xFF;
        int family = bytes.get(from + 13) & 0xFF;
        int rest = (bytes.get(from + 14) & 0xFF) << 8 | bytes.get(from + 15) & 0xFF;
        if (command != LOCAL && command != PROXY) {
            throw new MalformedProxyHeader(
                    "a PROXY header with version and command 0x"
                            + Integer.toHexString(command)
                            + ", expected 0x20 or 0x21");
        }
        int length = FIXED + rest;
        if (length > LONGEST) {
            throw new MalformedProxyHeader(
                    "a PROXY header of " + length + " octets, expected at most " + LONGEST);
        }
        int addresses = addresses(command, family);
        if (addresses > rest) {
            throw new MalformedProxyHeader(
                    "a PROXY header whose addresses do not fit into its length");
        }
        if (to - from < length) {
            return null;
        }
        if (command == PROXY) {
            extras(bytes, from, from + FIXED + addresses, from + length);
        }
        if (addresses == 0) {
            return new ProxyHeader(length, null, null);
        }
        int size = family == TCP4 ? 4 : 16;
        int at = from + FIXED;
        return new ProxyHeader(
                length,
                address(octets(bytes, at, size), number(bytes, at + 2 * size)),
                address(octets(bytes, at + size, size), number(bytes, at + 2 * size + 2)));
    }

    /// How many octets the addresses have; 0 where there are none to be read.
    private static int addresses(int command, int family) throws MalformedProxyHeader {
        if (command == LOCAL) {
            // Whatever follows is to be skipped.
            return 0;
        }
        return switch (family) {
            case UNSPECIFIED -> 0;
            case TCP4 -> 12;
            case TCP6 -> 36;
            default ->
                    throw new MalformedProxyHeader(
                            "a PROXY header of family 0x"
                                    + Integer.toHexString(family)
                                    + ", expected 0x0, 0x11 or 0x21");
        };
    }

    /// What follows the addresses: type, length and value, up to the end; a checksum must be right.
    private static void extras(ByteBuffer bytes, int header, int from, int to)
            throws MalformedProxyHeader {
        int at = from;
        while (at < to) {
            if (to - at < 3) {
                throw new MalformedProxyHeader("a PROXY header that ends within an extension");
            }
            int type = bytes.get(at) & 0xFF;
            int size = number(bytes, at + 1);
            if (size > to - at - 3) {
                throw new MalformedProxyHeader(
                        "a PROXY header with an extension longer than what is left");
            }
            if (type == CHECKSUM) {
                checksum(bytes, header, to, at + 3, size);
            }
            at += 3 + size;
        }
    }

    private static void checksum(ByteBuffer bytes, int from, int to, int at, int size)
            throws MalformedProxyHeader {
        if (size != 4) {
            throw new MalformedProxyHeader("a PROXY header with a checksum that is not one");
        }
        byte[] all = octets(bytes, from, to - from);
        int said = 0;
        for (int i = at - from; i < at - from + 4; i++) {
            said = said << 8 | all[i] & 0xFF;
            all[i] = 0;
        }
        CRC32C sum = new CRC32C();
        sum.update(all, 0, all.length);
        if ((int) sum.getValue() != said) {
            throw new MalformedProxyHeader("a PROXY header whose checksum is wrong");
        }
    }

    private static int number(ByteBuffer bytes, int at) {
        return (bytes.get(at) & 0xFF) << 8 | bytes.get(at + 1) & 0xFF;
    }

    private static byte[] octets(ByteBuffer bytes, int at, int n) {
        byte[] octets = new byte[n];
        bytes.get(at, octets);
        return octets;
    }

    private static InetSocketAddress address(byte[] ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 octets", e);
        }
    }

    /// The header of version 1 for a connection; UNKNOWN where the two are not of one family.
    public static byte[] version1(
            @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
        int size = sizeOfBoth(source, destination);
        if (size == 0 || source == null || destination == null) {
            return ascii("PROXY UNKNOWN\r\n");
        }
        return ascii(
                (size == 4 ? "PROXY TCP4 " : "PROXY TCP6 ")
                        + text(source)
                        + ' '
                        + text(destination)
                        + ' '
                        + source.getPort()
                        + ' '
                        + destination.getPort()
                        + "\r\n");
    }

    /// The header of version 2 for a connection; UNSPEC where the two are not of one family.
    public static byte[] version2(
            @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
        int size = sizeOfBoth(source, destination);
        int rest = size == 0 ? 0 : 2 * size + 4;
        ByteBuffer header = ByteBuffer.allocate(FIXED + rest);
        header.put(SIGNATURE)
                .put((byte) PROXY)
                .put((byte) (size == 0 ? UNSPECIFIED : size == 4 ? TCP4 : TCP6))
                .putShort((short) rest);
        if (size > 0 && source != null && destination != null) {
            header.put(source.getAddress().getAddress())
                    .put(destination.getAddress().getAddress())
                    .putShort((short) source.getPort())
                    .putShort((short) destination.getPort());
        }
        return header.array();
    }

    private static int sizeOfBoth(
            @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
        if (source == null || destination == null) {
            return 0;
        }
        int size = source.getAddress().getAddress().length;
        return size == destination.getAddress().getAddress().length ? size : 0;
    }

    /// Without what tells an interface, which is this machine's own affair.
    private static String text(InetSocketAddress address) {
        String text = address.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
