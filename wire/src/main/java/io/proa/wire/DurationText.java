package io.proa.wire;

import java.time.Duration;

/// Durations as people write them in Kubernetes: `300ms`, `5s`, `1m30s` (Gateway API GEP-2257: one
/// to four groups of one to five digits and `h`, `m`, `s` or `ms`).
public final class DurationText {
    private static final String EXPECTED = "expected a duration such as 300ms, 5s or 1m30s";

    private DurationText() {}

    /// @throws IllegalArgumentException naming what was seen and what was expected
    public static Duration parse(String text) {
        long millis = 0;
        int groups = 0;
        int at = 0;
        while (at < text.length()) {
            int digits = at;
            long number = 0;
            while (at < text.length()
                    && Character.digit(text.charAt(at), 10) >= 0
                    && text.charAt(at) <= '9') {
                number = number * 10 + (text.charAt(at++) - '0');
                if (at - digits > 5) {
                    throw unexpected(text);
                }
            }
            int unit = at;
            while (at < text.length() && text.charAt(at) >= 'a') {
                at++;
            }
            if (unit == digits || ++groups > 4) {
                throw unexpected(text);
            }
            millis += number * millisPer(text.substring(unit, at), text);
        }
        if (groups == 0) {
            throw unexpected(text);
        }
        return Duration.ofMillis(millis);
    }

    /// The shortest form that [#parse] reads back; parts below a millisecond are dropped.
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis <= 0) {
            return "0s";
        }
        var text = new StringBuilder(12);
        millis = append(text, millis, 3_600_000, "h");
        millis = append(text, millis, 60_000, "m");
        millis = append(text, millis, 1000, "s");
        append(text, millis, 1, "ms");
        return text.toString();
    }

    private static long append(StringBuilder text, long millis, long unit, String name) {
        if (millis >= unit) {
            text.append(millis / unit).append(name);
        }
        return millis % unit;
    }

    private static long millisPer(String unit, String text) {
        return switch (unit) {
            case "h" -> 3_600_000;
            case "m" -> 60_000;
            case "s" -> 1000;
            case "ms" -> 1;
            default -> throw unexpected(text);
        };
    }

    private static IllegalArgumentException unexpected(String text) {
        return new IllegalArgumentException("saw '" + text + "', " + EXPECTED);
    }
}
