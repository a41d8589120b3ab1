package io.proa.control.intent;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Environment variables in a file of their own: lines `NAME=VALUE`, empty lines, and lines that
/// begin with `#`.
///
/// A value is the rest of its line without blanks around it; within one pair of quotes it keeps
/// them. Nothing in it is expanded.
final class EnvironmentFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final int LONGEST_SHOWN = 20;

    private final String name;
    private final Problems problems;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private EnvironmentFile(String name, Problems problems) {
        this.name = name;
        this.problems = problems;
    }

    /// @param path what `named` means
    static Map<String, String> read(Path path, Located<String> named, Problems problems) {
        String unreadable = "";
        try {
            if (!Files.exists(path)) {
                unreadable = "is not there";
            } else if (!Files.isRegularFile(path)) {
                unreadable = "is no file";
            } else if (Files.size(path) > MAX_BYTES) {
                unreadable = "has more than " + MAX_BYTES + " bytes";
            } else {
                var file = new EnvironmentFile(path.toString(), problems);
                List<String> lines = Files.readString(path).lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    file.line(lines.get(i), i + 1);
                }
                return file.variables;
            }
        } catch (CharacterCodingException _) {
            unreadable = "is not UTF-8 text";
        } catch (IOException _) {
            unreadable = "cannot be read";
        }
        problems.add(
                named.place(),
                "saw envFrom '"
                        + named.value()
                        + "', which "
                        + unreadable
                        + ": "
                        + path
                        + ", expected a file of NAME=VALUE lines",
                "it is relative to the file it is named in");
        return Map.of();
    }

    private void line(String line, int number) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        int column = line.indexOf(text) + 1;
        var place = new Place(name, number, column);
        int equals = text.indexOf('=');
        if (equals < 0) {
            problems.add(
                    place, "saw a line without =, expected NAME=VALUE", "a comment begins with #");
            return;
        }
        String variable = text.substring(0, equals).stripTrailing();
        if (variable.isEmpty()
                || variable.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\'')) {
            problems.add(
                    place,
                    "saw '" + shown(variable) + "' as a variable's name, expected NAME=VALUE",
                    variable.startsWith("export ") ? "leave out export" : "");
            return;
        }
        String value = unquoted(text.substring(equals + 1).strip());
        if (value == null) {
            problems.add(
                    new Place(name, number, column + equals + 1),
                    "saw a quote that is not closed in the value of "
                            + variable
                            + ", expected it on the same line",
                    "");
        } else if (text.indexOf('\0') >= 0) {
            problems.add(place, "saw a zero byte in " + variable + ", expected none", "");
        } else {
            variables.put(variable, value);
        }
    }

    /// The file may be another than was meant, such as a key: no more of it than tells a slip.
    private static String shown(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }

    /// @return null where a quote begins and does not end
    private static @Nullable String unquoted(String value) {
        if (value.isEmpty() || (value.charAt(0) != '"' && value.charAt(0) != '\'')) {
            return value;
        }
        boolean closed = value.length() > 1 && value.charAt(value.length() - 1) == value.charAt(0);
        return closed ? value.substring(1, value.length() - 1) : null;
    }
}
