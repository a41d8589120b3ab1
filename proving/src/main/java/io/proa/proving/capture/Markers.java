package io.proa.proving.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Words that the applications and sidecars say to each other, and that nobody on the bridge may
/// read.
public final class Markers {
    /// Parts of every request and answer, and of every certificate.
    private static final List<String> OF_EVERY_EXCHANGE =
            List.of("HTTP/1.", "x-proa-", "x-request-id", "traceparent", "spiffe://");

    private final List<byte[]> words;
    private final int longest;

    /// @param canary a word that the applications put into what they say
    public Markers(String canary) {
        this.words =
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(canary), OF_EVERY_EXCHANGE.stream())
                        .map(word -> word.getBytes(StandardCharsets.US_ASCII))
                        .toList();
        this.longest = words.stream().mapToInt(word -> word.length).max().orElse(0);
    }

    /// Adds to `found` each word that is there.
    void find(byte[] data, int from, int to, Set<String> found) {
        for (byte[] word : words) {
            for (int i = from; i <= to - word.length; i++) {
                if (data[i] == word[0]
                        && Arrays.equals(data, i, i + word.length, word, 0, word.length)) {
                    found.add(new String(word, StandardCharsets.US_ASCII));
                    break;
                }
            }
        }
    }

    /// One direction of a connection, in which a word may be spread over segments.
    final class Search {
        private byte[] tail = new byte[0];

        void take(byte[] data, int from, int to, Set<String> found) {
            byte[] joined = Arrays.copyOf(tail, tail.length + (to - from));
            System.arraycopy(data, from, joined, tail.length, to - from);
            find(joined, 0, joined.length, found);
            tail =
                    Arrays.copyOfRange(
                            joined, Math.max(0, joined.length - longest + 1), joined.length);
        }
    }

    /// A search of a stream that begins.
    Search search() {
        return new Search();
    }
}
