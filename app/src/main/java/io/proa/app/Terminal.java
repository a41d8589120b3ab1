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
/// @param colours off without a terminal, with `NO_COLOR` set (no-color.org) or `TERM=dumb`
/// @param unicode whether the locale's encoding is UTF-8
public record Terminal(boolean live, int columns, boolean colours, boolean unicode) {
    public enum Colour {
        GOOD("32"),
        BAD("31"),
        DIM("2"),
        BOLD("1");

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
        return new Terminal(live, live ? width(environment) : 80, colours, isUtf8(environment));
    }

    public String paint(Colour colour, String text) {
        return colours ? "\033[" + colour.code + "m" + text + "\033[0m" : text;
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

    private static boolean isUtf8(Map<String, String> environment) {
        String locale =
                environment.getOrDefault(
                        "LC_ALL",
                        environment.getOrDefault("LC_CTYPE", environment.getOrDefault("LANG", "")));
        return locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
    }

    /// Asks the terminal, since `COLUMNS` is a shell's own variable and seldom handed on.
    private static int width(Map<String, String> environment) {
        try {
            String columns = environment.get("COLUMNS");
            if (columns != null) {
                return clamp(Integer.parseInt(columns));
            }
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(Path.of("/dev/tty").toFile())
                            .redirectErrorStream(true)
                            .start();
            try (InputStream in = stty.getInputStream()) {
                String[] size =
                        new String(in.readNBytes(64), StandardCharsets.US_ASCII)
                                .trim()
                                .split(" ", -1);
                if (stty.waitFor(1, TimeUnit.SECONDS) && size.length == 2) {
                    return clamp(Integer.parseInt(size[1]));
                }
            }
        } catch (IOException | NumberFormatException _) {
            return 80;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return 80;
    }

    private static int clamp(int columns) {
        return columns < 40 ? 80 : Math.min(columns, 400);
    }
}
