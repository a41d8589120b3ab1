package io.proa.proving.fuzz;

import io.proa.formats.Method;
import io.proa.formats.Reading;
import io.proa.formats.TwoReaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// What is fuzzed. Each target holds the parser against the second reader, in one piece and in
/// several, and has what is forwarded read again.
public enum FuzzTarget {
    /// The input is a request.
    REQUEST,
    /// The first byte chooses the method that is answered, the rest is the response.
    RESPONSE,
    /// The input is a chunked body.
    CHUNKED,
    /// The input is what follows the preface of HTTP/2.
    FRAMES,
    /// The input are field blocks of one connection, each behind an octet with its length.
    HPACK,
    /// The input is what a client of TLS sends first.
    HELLO,
    /// The input is the beginning of a connection that a proxy announces.
    PROXY;

    private static final String CHUNKED_HEAD =
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final Method[] ANSWERED = {Method.GET, Method.HEAD, Method.CONNECT, Method.POST};

    /// Reads the input; an AssertionError or any other exception is a finding.
    ///
    /// @return a few words on how the input was read; inputs of a new kind are worth changing
    ///   further
    public String kind(TwoReaders readers, byte[] input) {
        return switch (this) {
            case REQUEST, RESPONSE, CHUNKED -> kindOfMessage(readers, input);
            case FRAMES -> readers.http2().frames(input);
            case HPACK -> readers.http2().blocks(input);
            case HELLO -> readers.beginnings().hello(input);
            case PROXY -> readers.beginnings().proxy(input);
        };
    }

    private String kindOfMessage(TwoReaders readers, byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        Random random = new Random(Arrays.hashCode(input));
        Reading reading =
                switch (this) {
                    case REQUEST -> readers.check(null, text, cuts(random, text.length()));
                    case RESPONSE -> response(readers, text, random);
                    case CHUNKED, FRAMES, HPACK, HELLO, PROXY -> {
                        String whole = CHUNKED_HEAD + text;
                        yield readers.check(null, whole, cuts(random, whole.length()));
                    }
                };
        if (!reading.ok()) {
            return reading.verdict() + " " + Integer.highestOneBit(text.length());
        }
        return reading.framing()
                + " "
                + reading.version()
                + " "
                + Math.min(reading.fields().size(), 6)
                + " "
                + reading.hopByHop().size()
                + " "
                + reading.keepAlive()
                + " "
                + Long.highestOneBit(reading.payload());
    }

    private static Reading response(TwoReaders readers, String text, Random random) {
        Method answered = ANSWERED[text.isEmpty() ? 0 : text.charAt(0) & 3];
        String response = text.isEmpty() ? "" : text.substring(1);
        return readers.check(answered, response, cuts(random, response.length()));
    }

    private static int[] cuts(Random random, int length) {
        return random.ints(1 + random.nextInt(3), 0, length + 1).sorted().toArray();
    }

    /// The name of this target's folder in a corpus.
    public String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
