package io.proa.formats;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Has a ClientHello, or a header of the PROXY protocol, read by the parser, in one piece and in
/// several, and by a reader that is written plainly. Throws an AssertionError where they differ.
public final class Beginnings {
    private static final Pattern LINE =
            Pattern.compile(
                    "PROXY (?:UNKNOWN(?: [^\n]*)?|(TCP4|TCP6) ([^ \n]+) ([^ \n]+) ([0-9]{1,5}) ([0-9]{1,5}))\r\n",
                    Pattern.DOTALL);

    Beginnings() {}

    /// @return a few words on how it was read
    public String hello(byte[] input) {
        String expected;
        try {
            expected = new PlainHello(input).read();
        } catch (IllegalArgumentException e) {
            expected = "flawed";
        }
        String whole = hello(input, input.length);
        require(whole.equals(hello(input, 1)), "in pieces otherwise", whole, hello(input, 1));
        require(whole.equals(hello(input, 7)), "in pieces otherwise", whole, hello(input, 7));
        // What is cut off may be found wrong sooner or later, but is never complete.
        boolean complete = whole.contains("|") || expected.contains("|");
        require(!complete || whole.equals(expected), "read otherwise", expected, whole);
        return whole.length() > 24 ? whole.substring(0, 24) : whole;
    }

    private static String hello(byte[] input, int piece) {
        ClientHello hello = new ClientHello();
        ByteBuffer bytes = ByteBuffer.wrap(input);
        ClientHello.State state = ClientHello.State.READING;
        for (int i = 0; i < input.length; i += piece) {
            state = hello.read(bytes, i, Math.min(input.length, i + piece));
        }
        return switch (state) {
            case READING -> "more";
            case FLAWED -> "flawed";
            case COMPLETE -> hello.serverName() + "|" + hello.protocols();
        };
    }

    /// A ClientHello of TLS 1.3 in records of at most so many octets.
    ///
    /// @param host asked for; empty = none
    /// @param protocols offered; none = no extension
    public static byte[] hello(String host, int recordSize, String... protocols) {
        ByteBuffer extensions = ByteBuffer.allocate(1024);
        extensions.putShort((short) 43).putShort((short) 3).put((byte) 2).putShort((short) 0x304);
        if (!host.isEmpty()) {
            byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
            extensions.putShort((short) 0).putShort((short) (name.length + 5));
            extensions.putShort((short) (name.length + 3)).put((byte) 0);
            extensions.putShort((short) name.length).put(name);
        }
        if (protocols.length > 0) {
            int length = 0;
            for (String each : protocols) {
                length += 1 + each.length();
            }
            extensions.putShort((short) 16).putShort((short) (length + 2)).putShort((short) length);
            for (String each : protocols) {
                extensions.put((byte) each.length());
                extensions.put(each.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        extensions.flip();
        int body = 2 + 32 + 1 + 32 + 2 + 4 + 2 + 2 + extensions.limit();
        ByteBuffer message = ByteBuffer.allocate(4 + body);
        message.putInt(1 << 24 | body).putShort((short) 0x303).put(new byte[32]);
        message.put((byte) 32).put(new byte[32]);
        message.putShort((short) 4).putShort((short) 0x1301).putShort((short) 0x1302);
        message.put((byte) 1).put((byte) 0);
        message.putShort((short) extensions.limit()).put(extensions).flip();
        ByteBuffer records = ByteBuffer.allocate(message.limit() * 6);
        while (message.hasRemaining()) {
            byte[] part = new byte[Math.min(recordSize, message.remaining())];
            message.get(part);
            records.put((byte) 22).putShort((short) 0x301).putShort((short) part.length).put(part);
        }
        return Arrays.copyOf(records.array(), records.position());
    }

    /// What fuzzing of a ClientHello begins with.
    public static List<byte[]> helloSeeds() {
        return List.of(
                hello("Shop.Example.com", 16384, "h2", "http/1.1"),
                hello("a", 16384),
                hello("", 16384, "h2"),
                hello("shop.example.com", 16, "h2", "http/1.1", "proa-tcp"));
    }

    /// What fuzzing of the PROXY protocol begins with.
    public static List<byte[]> proxySeeds() {
        InetSocketAddress four = new InetSocketAddress("192.0.2.1", 1234);
        InetSocketAddress six = new InetSocketAddress("2001:db8::1", 65535);
        return List.of(
                ProxyHeader.version1(four, four),
                ProxyHeader.version1(six, six),
                ProxyHeader.version1(four, six),
                ProxyHeader.version2(four, four),
                ProxyHeader.version2(six, six),
                ProxyHeader.version2(null, null),
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
                        .getBytes(StandardCharsets.US_ASCII),
                "PROXY TCP6 ::ffff:1.2.3.4 1::2 1 0\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static final class PlainHello {
        private final byte[] message;
        private int at;

        /// Puts the records together, as far as the message goes.
        PlainHello(byte[] input) {
            ByteBuffer all = ByteBuffer.allocate(input.length);
            int i = 0;
            while (i < input.length) {
                check(input[i] == 22);
                check(i + 1 >= input.length || input[i + 1] == 3);
                check(i + 2 >= input.length || (input[i + 2] & 0xFF) <= 4);
                if (i + 5 > input.length) {
                    break;
                }
                int length = (input[i + 3] & 0xFF) << 8 | input[i + 4] & 0xFF;
                check(length > 0 && length <= 16384);
                int n = Math.min(length, input.length - i - 5);
                all.put(input, i + 5, n);
                i += 5 + n;
                byte[] soFar = all.array();
                if (all.position() >= 4) {
                    int wanted = (soFar[1] & 0xFF) << 16 | (soFar[2] & 0xFF) << 8 | soFar[3] & 0xFF;
                    if (all.position() >= 4 + wanted) {
                        all.position(4 + wanted);
                        break;
                    }
                }
            }
            message = Arrays.copyOf(all.array(), all.position());
        }

        private static void check(boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException("flawed");
            }
        }

        private int number(int octets) {
            if (at + octets > message.length) {
                throw new ArrayIndexOutOfBoundsException(at);
            }
            int number = 0;
            for (int i = 0; i < octets; i++) {
                number = number << 8 | message[at++] & 0xFF;
            }
            return number;
        }

        String read() {
            try {
                return contents();
            } catch (ArrayIndexOutOfBoundsException _) {
                return "more";
            }
        }

        private String contents() {
            check(number(1) == 1);
            int length = number(3);
            check(length <= ClientHello.LONGEST);
            int end = 4 + length;
            int version = within(2, end);
            check(version >> 8 == 3);
            skip(32, end);
            int session = within(1, end);
            check(session <= 32);
            skip(session, end);
            int ciphers = within(2, end);
            check(ciphers >= 2 && ciphers % 2 == 0);
            skip(ciphers, end);
            int compressions = within(1, end);
            check(compressions >= 1);
            skip(compressions, end);
            String name = "";
            StringBuilder protocols = new StringBuilder();
            if (at < end) {
                check(within(2, end) == end - at);
                boolean named = false;
                boolean offered = false;
                while (at < end) {
                    int type = within(2, end);
                    int size = within(2, end);
                    check(size <= end - at);
                    int stop = at + size;
                    if (type == 0) {
                        check(!named);
                        named = true;
                        name = name(stop, end);
                    } else if (type == 16) {
                        check(!offered);
                        offered = true;
                        protocols(stop, end, protocols);
                    } else {
                        skip(size, end);
                    }
                }
            }
            return name + "|" + protocols;
        }

        private int within(int octets, int end) {
            check(octets <= end - at);
            return number(octets);
        }

        private void skip(int octets, int end) {
            check(octets <= end - at);
            if (at + octets > message.length) {
                throw new ArrayIndexOutOfBoundsException(at);
            }
            at += octets;
        }

        private String name(int stop, int end) {
            check(within(2, end) == stop - at && stop > at);
            check(within(1, end) == 0);
            int length = within(2, end);
            check(length > 0 && length <= stop - at && length <= 255);
            String name = text(length);
            check(at == stop && name.matches("[A-Za-z0-9._-]+"));
            return name.toLowerCase(java.util.Locale.ROOT);
        }

        private String text(int length) {
            if (at + length > message.length) {
                throw new ArrayIndexOutOfBoundsException(at);
            }
            at += length;
            return new String(message, at - length, length, StandardCharsets.ISO_8859_1);
        }

        private void protocols(int stop, int end, StringBuilder all) {
            check(within(2, end) == stop - at && stop > at);
            while (at < stop) {
                int length = within(1, end);
                check(length > 0 && length <= stop - at);
                String name = text(length).replaceAll("[^!-~]", "?");
                if (all.length() < 128) {
                    all.append(all.isEmpty() ? "" : " ").append(name);
                    all.setLength(Math.min(all.length(), 128));
                }
            }
        }
    }

    /// @return a few words on how it was read
    public String proxy(byte[] input) {
        String actual = proxyRead(input);
        if (input.length > 0 && input[0] == 'P') {
            String expected = line(input);
            require(actual.equals(expected), "read otherwise", expected, actual);
        }
        // What is refused or complete stays so, whatever comes behind; less of it is never
        // complete.
        boolean done = false;
        for (int n = 0; n <= Math.min(input.length, 300); n++) {
            String part = proxyRead(Arrays.copyOf(input, n));
            if (done) {
                require(part.equals(actual), "changes with what comes behind", actual, part);
            } else if (!part.equals("more")) {
                done = true;
                require(part.equals(actual), "changes with what comes behind", actual, part);
            }
        }
        return actual.length() > 16 ? actual.substring(0, 16) : actual;
    }

    private static String proxyRead(byte[] input) {
        try {
            ProxyHeader header = ProxyHeader.read(ByteBuffer.wrap(input), 0, input.length);
            if (header == null) {
                return "more";
            }
            InetSocketAddress source = header.source();
            InetSocketAddress destination = header.destination();
            if (source == null || destination == null) {
                return header.length() + " unknown";
            }
            written(source, destination);
            return header.length() + " " + source + " " + destination;
        } catch (MalformedProxyHeader _) {
            return "malformed";
        }
    }

    /// What is written is read as the same.
    private static void written(InetSocketAddress source, InetSocketAddress destination) {
        for (byte[] header :
                new byte[][] {
                    ProxyHeader.version1(source, destination),
                    ProxyHeader.version2(source, destination)
                }) {
            try {
                ProxyHeader again = ProxyHeader.read(ByteBuffer.wrap(header), 0, header.length);
                require(again != null && again.length() == header.length, "not whole", "", "");
                boolean told =
                        source.getAddress().getClass() == destination.getAddress().getClass();
                require(
                        again == null
                                || (told
                                        ? source.equals(again.source())
                                                && destination.equals(again.destination())
                                        : again.source() == null),
                        "written otherwise",
                        source + " " + destination,
                        String.valueOf(again));
            } catch (MalformedProxyHeader e) {
                throw new AssertionError("what is written is refused", e);
            }
        }
    }

    private static String line(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        if (end < 0) {
            boolean begins =
                    text.length() < 6 ? "PROXY ".startsWith(text) : text.startsWith("PROXY ");
            return !begins || text.length() >= 107 ? "malformed" : "more";
        }
        Matcher matcher = LINE.matcher(text.substring(0, end + 1));
        if (end >= 107 || !matcher.matches()) {
            return "malformed";
        }
        if (matcher.group(1) == null) {
            return end + 1 + " unknown";
        }
        boolean four = matcher.group(1).equals("TCP4");
        String source = endpoint(matcher.group(2), matcher.group(4), four);
        String destination = endpoint(matcher.group(3), matcher.group(5), four);
        return source.isEmpty() || destination.isEmpty()
                ? "malformed"
                : end + 1 + " " + source + " " + destination;
    }

    private static String endpoint(String ip, String port, boolean four) {
        int number = Integer.parseInt(port);
        if (number > 65535 || !port.equals(String.valueOf(number))) {
            return "";
        }
        String octet = "(0|[1-9][0-9]{0,2})";
        if (four
                ? !ip.matches(octet + "(\\." + octet + "){3}")
                : !ip.matches("[0-9a-fA-F:.]+") || !ip.contains(":")) {
            return "";
        }
        if (!four && ip.contains(".") && !ip.matches(".*:" + octet + "(\\." + octet + "){3}")) {
            return "";
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), number).toString();
        } catch (UnknownHostException _) {
            return "";
        }
    }

    private static void require(boolean holds, String what, String expected, String actual) {
        if (!holds) {
            throw new AssertionError(what + "\nexpected: " + expected + "\nactual:   " + actual);
        }
    }
}
