package io.proa.traffic;

/// What is known of HTTP methods, which are case-sensitive (RFC 9110 section 9.1).
public final class Methods {
    /// Stands for every method that is not registered in RFC 9110 or RFC 5789, so that labels stay
    /// few.
    public static final String OTHER = "OTHER";

    private Methods() {}

    /// Whether doing it twice has the effect of doing it once (RFC 9110 section 9.2.2). Unknown
    /// methods are not.
    public static boolean idempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /// The method itself where it is a well-known one (`TCP` stands for opaque connections), else
    /// [#OTHER].
    public static String label(String method) {
        return switch (method) {
            case "GET" -> "GET";
            case "HEAD" -> "HEAD";
            case "POST" -> "POST";
            case "PUT" -> "PUT";
            case "DELETE" -> "DELETE";
            case "PATCH" -> "PATCH";
            case "OPTIONS" -> "OPTIONS";
            case "CONNECT" -> "CONNECT";
            case "TRACE" -> "TRACE";
            case "TCP" -> "TCP";
            default -> OTHER;
        };
    }
}
