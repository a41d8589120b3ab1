package io.proa.proving.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// Changes inputs in ways that break or nearly break messages. The same seed gives the same
/// changes.
final class Mutator {
    private static final int LONGEST = 4096;
    private static final String[] WORDS = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\r\n ",
        " ",
        "\t",
        ":",
        ": ",
        ";",
        ",",
        "\0",
        "#",
        "?",
        "/",
        "*",
        "http://",
        "HTTP/1.1",
        "HTTP/1.0",
        "GET ",
        "POST ",
        "CONNECT ",
        "Host: h\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: ",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: ",
        "chunked",
        "Connection: ",
        "close",
        "keep-alive",
        "upgrade",
        "Upgrade: x\r\n",
        "Expect: 100-continue\r\n",
        "TE: trailers\r\n",
        "0\r\n\r\n",
        "3\r\nabc\r\n",
        "FFFFFFFFFFFFFFFF",
        "9007199254740993",
        "00",
        "-1",
        "+",
        "_",
        "%",
        "[::1]",
        ":80",
        "x-proa-attempt: 1\r\n",
        "traceparent",
        // of HTTP/2
        "\u0082\u0086\u0084A\u0001h",
        "\u00be",
        "@\u0001a\u0001b",
        "?\u00e1\u001f",
        "`\u0003a=b",
        "\u0000\u0000\u0000",
        "\u0080\u0000\u0000\u0000",
        "\u0000\u0000\u0001\u0009\u0004\u0000\u0000\u0000\u0001\u0082"
    };

    private final Random random;

    Mutator(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    byte[] mutate(byte[] input, byte[] other) {
        byte[] changed = input.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            changed = once(changed, other);
        }
        return changed.length > LONGEST ? Arrays.copyOf(changed, LONGEST) : changed;
    }

    private byte[] once(byte[] input, byte[] other) {
        int at = input.length == 0 ? 0 : random.nextInt(input.length);
        int end = Math.min(input.length, at + 1 + random.nextInt(16));
        return switch (random.nextInt(8)) {
            case 0 -> flip(input, at);
            case 1 -> put(input, at, at, new byte[] {(byte) random.nextInt(256)});
            case 2 -> put(input, at, Math.min(input.length, at + 1), new byte[0]);
            case 3 -> put(input, at, end, new byte[0]);
            case 4 -> put(input, at, at, Arrays.copyOfRange(input, at, end));
            case 5 -> put(input, at, at, word());
            case 6 -> put(input, at, end, word());
            default -> splice(input, at, other);
        };
    }

    private byte[] flip(byte[] input, int at) {
        if (input.length > 0) {
            input[at] ^= (byte) (1 << random.nextInt(8));
        }
        return input;
    }

    private byte[] word() {
        return WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] splice(byte[] input, int at, byte[] other) {
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return put(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
    }

    private static byte[] put(byte[] input, int from, int to, byte[] middle) {
        byte[] result = new byte[from + middle.length + input.length - to];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(input, to, result, from + middle.length, input.length - to);
        return result;
    }
}
