package io.proa.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads `requests.txt` and `responses.txt`.
public final class Corpus {
    /// @param answered the method a response answers; null for a request
    public record Case(String verdict, String name, @Nullable Method answered, String text) {
        @Override
        public String toString() {
            return name + " " + verdict;
        }
    }

    private Corpus() {}

    public static List<Case> requests() {
        return read("requests.txt", false);
    }

    public static List<Case> responses() {
        return read("responses.txt", true);
    }

    private static List<Case> read(String file, boolean responses) {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(Corpus.class.getResourceAsStream(file))) {
            String all = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : all.split("\n", -1)) {
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                String[] parts = line.split("\t", responses ? 4 : 3);
                cases.add(
                        new Case(
                                parts[0],
                                parts[1],
                                responses ? Method.valueOf(parts[2]) : null,
                                unescape(parts[responses ? 3 : 2])));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return cases;
    }

    public static String unescape(String escaped) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < escaped.length()) {
            char c = escaped.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = escaped.charAt(i++);
            switch (kind) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(escaped.substring(i, i + 2), 16));
                    i += 2;
                }
                case '{' -> {
                    int end = escaped.indexOf('}', i + 1);
                    int times = Integer.parseInt(escaped.substring(i + 2, end));
                    out.repeat(escaped.charAt(i), times);
                    i = end + 1;
                }
                default -> throw new IllegalArgumentException("\\" + kind + " in " + escaped);
            }
        }
        return out.toString();
    }
}
