package io.proa.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What may be written to where the output goes: whether it is a terminal, how wide, and whether
/// colours are wanted.
///
/// @param live a terminal that lines can be redrawn on
/// @param columns its width when the command began; 80 where unknown
/// @param rows its height likewise; [#UNBOUNDED] where lines are only printed
/// @param colours off without a terminal, with `NO_COLOR` set (no-color.org) or `TERM=dumb`
/// @param unicode whether the locale's encoding is UTF-8
public record Terminal(boolean live, int columns, int rows, boolean colours, boolean unicode) {
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public enum Colour {
        GOOD("32"),
        BAD("31"),
        DIM("2"),
        BOLD("1"),
        CYAN("36"),
        YELLOW("33"),
        MAGENTA("35"),
        BLUE("34");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    /// Looks at the process's own output and environment.
    public static Terminal detect(Map<String, String> environment) {
        boolean live =
                isTerminal(Path.of("/proc/self/fd/1")) && !"dumb".equals(environment.get("TERM"));
        boolean colours = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
        int[] size = live ? size(environment) : new int[] {UNBOUNDED, 80};
        return new Terminal(live, size[1], size[0], colours, isUtf8(environment));
    }

    public String paint(Colour colour, String text) {
        return colours ? "\033[" + colour.code + "m" + text + "\033[0m" : text;
    }

    /// Whether a descriptor of this process is a terminal.
    public static boolean isTerminal(int descriptor) {
        return isTerminal(Path.of("/proc/self/fd", Integer.toString(descriptor)));
    }

    /// Looks at standard output alone, unlike [System#console], which wants standard input to be a
    /// terminal too.
    private static boolean isTerminal(Path descriptor) {
        try {
            String device = Files.readSymbolicLink(descriptor).toString();
            return device.startsWith("/dev/pts/")
                    || device.startsWith("/dev/tty")
                    || device.equals("/dev/console");
        } catch (IOException _) {
            return false;
        }
    }

    /// Whether another program reads what is printed.
    static boolean outputIsPipe() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1"))
                    .toString()
                    .startsWith("pipe:");
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean isUtf8(Map<String, String> environment) {
        String locale =
                environment.getOrDefault(
                        "LC_ALL",
                        environment.getOrDefault("LC_CTYPE", environment.getOrDefault("LANG", "")));
        return locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
    }

    /// Rows and columns. Asks the terminal, since `COLUMNS` is a shell's own variable and seldom
    /// handed on; where it is, it wins.
    private static int[] size(Map<String, String> environment) {
        int[] size = {UNBOUNDED, 80};
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(Path.of("/dev/tty").toFile())
                            .redirectErrorStream(true)
                            .start();
            try (InputStream in = stty.getInputStream()) {
                String[] words =
                        new String(in.readNBytes(64), StandardCharsets.US_ASCII)
                                .trim()
                                .split(" ", -1);
                if (stty.waitFor(1, TimeUnit.SECONDS) && words.length == 2) {
                    size[0] = height(Integer.parseInt(words[0]));
                    size[1] = width(Integer.parseInt(words[1]));
                }
            }
            String columns = environment.get("COLUMNS");
            if (columns != null) {
                size[1] = width(Integer.parseInt(columns));
            }
        } catch (IOException | NumberFormatException _) {
            return size;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return size;
    }

    /// A terminal of no size does not know its own.
    private static int width(int columns) {
        return columns <= 0 ? 80 : Math.clamp(columns, 40, 400);
    }

    private static int height(int rows) {
        return rows < 5 ? UNBOUNDED : rows;
    }
}
