package io.proa.traffic;

import java.util.List;

/// What is known of HTTP methods, which are case-sensitive (RFC 9110 section 9.1).
public final class Methods {
    /// Stands for every method that is not registered in RFC 9110 or RFC 5789, so that labels stay
    /// few.
    public static final String OTHER = "OTHER";

    private static final List<String> LABELS =
            List.of(
                    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
                    "TCP", OTHER);

    private Methods() {}

    /// Whether doing it twice has the effect of doing it once (RFC 9110 section 9.2.2). Unknown
    /// methods are not.
    public static boolean idempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /// A small number for a well-known method (`TCP` stands for opaque connections), the last one
    /// for all others.
    public static int index(String method) {
        return switch (method) {
            case "GET" -> 0;
            case "HEAD" -> 1;
            case "POST" -> 2;
            case "PUT" -> 3;
            case "DELETE" -> 4;
            case "PATCH" -> 5;
            case "OPTIONS" -> 6;
            case "CONNECT" -> 7;
            case "TRACE" -> 8;
            case "TCP" -> 9;
            default -> LABELS.size() - 1;
        };
    }

    /// The method of an [#index], or [#OTHER].
    public static String label(int index) {
        return LABELS.get(index);
    }

    /// The method itself where it is a well-known one, else [#OTHER].
    public static String label(String method) {
        return LABELS.get(index(method));
    }
}
