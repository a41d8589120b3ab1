package io.proa.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads the public test vectors of the project hpack-test-case: connections that other
/// implementations have encoded, as `.ci/hpack-vectors` installs them.
final class HpackStories {
    private static final String BETWEEN =
            "\\}\\s*,\\s*\\{\\s*(?=\"(?:seqno|headers|wire|header_table_size)\")";
    private static final Pattern WIRE = Pattern.compile("\"wire\":\\s*\"([0-9a-fA-F]*)\"");
    private static final Pattern FIELD =
            Pattern.compile(
                    "\\{\\s*\"((?:[^\"\\\\]|\\\\.)*)\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*\\}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u([0-9a-fA-F]{4})|.)");

    /// One block and what it says.
    record Story(String wire, List<String> fields) {}

    private HpackStories() {}

    static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder.toRealPath())) {
            return files.filter(f -> f.getFileName().toString().matches("story_.*\\.json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Story> read(Path file) throws IOException {
        List<Story> stories = new ArrayList<>();
        String text = Files.readString(file);
        for (String part : text.substring(text.indexOf("\"cases\"")).split(BETWEEN, -1)) {
            List<String> fields = new ArrayList<>();
            Matcher field = FIELD.matcher(part);
            while (field.find()) {
                fields.add(plain(field.group(1)) + ": " + plain(field.group(2)));
            }
            Matcher wire = WIRE.matcher(part);
            if (wire.find()) {
                stories.add(new Story(wire.group(1), fields));
            }
        }
        return stories;
    }

    private static String plain(String json) {
        return ESCAPE.matcher(json)
                .replaceAll(found -> {
                    String code = found.group(2);
                    String letter =
                            code != null
                                    ? String.valueOf((char) Integer.parseInt(code, 16))
                                    : switch (found.group(1)) {
                                        case "n" -> "\n";
                                        case "r" -> "\r";
                                        case "t" -> "\t";
                                        default -> found.group(1);
                                    };
                    return Matcher.quoteReplacement(letter);
                });
    }
}
