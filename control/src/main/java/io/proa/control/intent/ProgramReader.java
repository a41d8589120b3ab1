package io.proa.control.intent;

import io.proa.control.intent.Program.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what a service runs: `command`, `cwd`, `env`, `envFrom` and `user`.
final class ProgramReader {
    /// Characters that mean something to a shell: with one of them a command of one line is the
    /// shell's to run.
    private static final String SHELL = "'\"\\$`|&;<>()*?[]{}~#!\n";

    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,10})(?::([0-9]{1,10}))?");

    private final Problems problems;
    private final IntentSource source;

    ProgramReader(Problems problems, IntentSource source) {
        this.problems = problems;
        this.source = source;
    }

    Program program(YamlMap map, String what) {
        return new Program(command(map, "command", what), folder(map), environment(map), user(map));
    }

    private Located<Path> folder(YamlMap map) {
        Located<String> cwd = map.locatedText("cwd");
        return new Located<>(
                cwd == null ? source.folder() : source.path(cwd, problems), map.placeOf("cwd"));
    }

    /// A list is run as it is. One line is split at blanks, or given to `sh -c` where it means
    /// something to a shell.
    Located<List<String>> command(YamlMap map, String field, String what) {
        Place place = map.placeOf(field);
        var words = new ArrayList<String>();
        if (map.isList(field)) {
            for (Located<String> word : map.words(field)) {
                words.add(word.value());
            }
        } else {
            String line = map.text(field);
            if (line == null) {
                return new Located<>(List.of(), place);
            }
            words.addAll(wordsOf(line));
        }
        if (map.has(field) && (words.isEmpty() || words.getFirst().isBlank())) {
            problems.add(
                    place,
                    "saw an empty command in " + what + ", expected a program and its arguments",
                    "");
        } else if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            problems.add(
                    place,
                    "saw a zero byte in the command of " + what + ", expected none",
                    "no program can be given one");
        }
        return new Located<>(List.copyOf(words), place);
    }

    private static List<String> wordsOf(String line) {
        if (line.isBlank()) {
            return List.of("");
        }
        List<String> words =
                Collections.list(new StringTokenizer(line)).stream()
                        .map(String.class::cast)
                        .toList();
        boolean shell = line.chars().anyMatch(c -> SHELL.indexOf(c) >= 0);
        return shell || words.getFirst().contains("=") ? List.of("/bin/sh", "-c", line) : words;
    }

    /// The service's own stand above those of its files, of which a later one stands above an
    /// earlier one.
    private Map<String, String> environment(YamlMap map) {
        var environment = new LinkedHashMap<String, String>();
        for (Located<String> file : map.words("envFrom")) {
            environment.putAll(EnvironmentFile.read(source.path(file, problems), file, problems));
        }
        YamlMap own = map.map("env", "an environment");
        if (own == null) {
            return environment;
        }
        own.plainFields()
                .forEach((name, value) -> {
                    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                        problems.add(
                                own.placeOf(name),
                                "saw '" + name + "' as a variable's name, expected text without =",
                                "");
                    } else if (value.indexOf('\0') >= 0) {
                        problems.add(
                                own.placeOf(name),
                                "saw a zero byte in variable '" + name + "', expected none",
                                "no program can be given one");
                    }
                    environment.put(name, value);
                });
        return environment;
    }

    private @Nullable Located<User> user(YamlMap map) {
        Located<String> said = map.plain("user");
        if (said == null) {
            return null;
        }
        User user = user(said.value());
        if (user == null) {
            problems.add(
                    said.place(),
                    "saw '"
                            + said.value()
                            + "' as user, expected the name of a user, a uid, or uid:gid such as \"1000:1000\"",
                    "");
            return null;
        }
        return new Located<>(user, said.place());
    }

    private static @Nullable User user(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            return USER.matcher(text).matches() ? new User(text, null) : null;
        }
        String group = numbers.group(2);
        long uid = Long.parseLong(String.valueOf(numbers.group(1)));
        long gid = group == null ? 0 : Long.parseLong(group);
        return uid > Integer.MAX_VALUE || gid > Integer.MAX_VALUE
                ? null
                : new User(String.valueOf(uid), group == null ? null : (int) gid);
    }
}
