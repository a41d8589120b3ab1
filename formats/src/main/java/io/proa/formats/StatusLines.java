package io.proa.formats;

import java.nio.charset.StandardCharsets;

/// Complete small answers that the sidecar makes itself.
public final class StatusLines {
    private StatusLines() {}

    /// A whole response in plain text.
    ///
    /// @param status 400 to 599, or any other status that has a body
    /// @param reasonCode goes into `x-proa-reason`; lower-case words joined by hyphens
    /// @param sentence the body, without line end
    /// @param close whether the connection ends after it
    /// @param headRequest whether it answers a HEAD: the body is announced and left out
    public static byte[] response(
            int status, String reasonCode, String sentence, boolean close, boolean headRequest) {
        byte[] body = (sentence + "\n").getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(192);
        head.append("HTTP/1.1 ").append(status).append(' ').append(phrase(status)).append("\r\n");
        head.append("Content-Type: text/plain; charset=utf-8\r\n");
        head.append("Content-Length: ").append(body.length).append("\r\n");
        head.append("x-proa-reason: ").append(reasonCode).append("\r\n");
        if (close) {
            head.append("Connection: close\r\n");
        }
        head.append("\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
        if (headRequest) {
            return start;
        }
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }

    /// The phrase that RFC 9110 section 15 gives to a status, or an empty text.
    public static String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 426 -> "Upgrade Required";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> "";
        };
    }
}
