package io.proa.app;

import io.proa.app.fleet.AccessLogging;
import io.proa.control.intent.Problems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What is wrong with a command line, in one sentence: what was seen, what was expected.
final class Misuse {
    private Misuse() {}

    /// Values of flags that do not fit are explained in words instead of by the names of types.
    static void explainValues(CommandLine line) {
        line.registerConverter(int.class, Misuse::number);
        line.registerConverter(Integer.class, Misuse::number);
        line.registerConverter(Path.class, Misuse::path);
        line.registerConverter(OutputFormat.class, Misuse::format);
        line.registerConverter(AccessLogging.class, Misuse::accessLog);
    }

    static String sentence(ParameterException problem) {
        return switch (problem) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing when missing.getMissing().size() == 1 ->
                    "option '"
                            + name(missing.getMissing().getFirst())
                            + "' needs a value ("
                            + missing.getMissing().getFirst().paramLabel()
                            + ")";
            default -> {
                String message = String.valueOf(problem.getMessage());
                yield Character.toLowerCase(message.charAt(0)) + message.substring(1);
            }
        };
    }

    /// Those that people type.
    static List<String> verbs(CommandLine proa) {
        return proa.getSubcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    static String unknownVerb(String seen, Collection<String> verbs) {
        String near = Problems.suggestion(seen, verbs);
        return "'"
                + seen
                + "' is not a verb; "
                + (near.startsWith("did you") ? near : "expected one of " + listed(verbs));
    }

    /// "a, b or c".
    static String listed(Collection<String> words) {
        List<String> all = new ArrayList<>(words);
        if (all.size() < 2) {
            return String.join("", all);
        }
        String last = all.removeLast();
        return String.join(", ", all) + " or " + last;
    }

    private static String unmatched(UnmatchedArgumentException problem) {
        String seen = problem.getUnmatched().getFirst();
        CommandLine verb = problem.getCommandLine();
        if (!seen.startsWith("-")) {
            return verb.getParent() == null
                    ? unknownVerb(seen, verbs(verb))
                    : "saw '"
                            + seen
                            + "', expected only flags after '"
                            + verb.getCommandName()
                            + "'";
        }
        int equals = seen.indexOf('=');
        String near =
                Problems.suggestion(
                        equals < 0 ? seen : seen.substring(0, equals),
                        verb.getCommandSpec().optionsMap().keySet().stream()
                                .filter(name -> name.startsWith("--"))
                                .toList());
        return "unknown option '"
                + seen
                + "'"
                + (near.startsWith("did you") && seen.startsWith("--") ? "; " + near : "");
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static Integer number(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException _) {
            throw new TypeConversionException("saw '" + text + "', expected a whole number");
        }
    }

    private static Path path(String text) {
        if (text.isBlank() || text.indexOf('\0') >= 0) {
            throw new TypeConversionException("saw '" + text + "', expected a path");
        }
        return Path.of(text);
    }

    private static AccessLogging accessLog(String text) {
        for (AccessLogging logging : AccessLogging.values()) {
            if (logging.word().equals(text)) {
                return logging;
            }
        }
        throw new TypeConversionException("saw '" + text + "', expected off, errors or all");
    }

    private static OutputFormat format(String text) {
        for (OutputFormat format : OutputFormat.values()) {
            if (format.name().equals(text)) {
                return format;
            }
        }
        throw new TypeConversionException("saw '" + text + "', expected text or json");
    }
}
