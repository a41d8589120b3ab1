package io.proa.proving.transparency;

import io.proa.proving.transparency.Step.Pace;
import java.nio.charset.StandardCharsets;

/// Words for writing plays.
final class Texts {
    /// Long enough to see that nobody ended; whoever expects an end waits for it.
    private static final int SHORT_QUIET = 25;

    static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private Texts() {}

    /// A request's head with Host.
    static String request(String methodAndTarget, String... fields) {
        return head(methodAndTarget + " HTTP/1.1\r\nHost: server", fields);
    }

    static String response(String status, String... fields) {
        return head("HTTP/1.1 " + status, fields);
    }

    static String head(String first, String... fields) {
        return first + "\r\n" + String.join("", lines(fields)) + "\r\n";
    }

    private static String[] lines(String... fields) {
        String[] lines = new String[fields.length];
        for (int i = 0; i < fields.length; i++) {
            lines[i] = fields[i] + "\r\n";
        }
        return lines;
    }

    /// [Content] as text.
    static String content(long seed, int size) {
        return new String(Content.of(seed, size), StandardCharsets.ISO_8859_1);
    }

    /// A chunked body of that content, in chunks of growing size.
    ///
    /// @param extension of each chunk, with its semicolon, or empty
    /// @param trailers field lines, each with its CRLF
    static String chunked(long seed, int size, String extension, String trailers) {
        String content = content(seed, size);
        StringBuilder body = new StringBuilder();
        int length = 1;
        for (int from = 0; from < size; from += length, length = length * 3 + 1) {
            length = Math.min(length, size - from);
            body.append(Integer.toHexString(length)).append(extension).append("\r\n");
            body.append(content, from, from + length).append("\r\n");
        }
        return body.append("0")
                .append(extension)
                .append("\r\n")
                .append(trailers)
                .append("\r\n")
                .toString();
    }

    static Step say(String bytes) {
        return new Step.Say(bytes, Pace.FULL);
    }

    static Step slowly(String bytes, int piece, int restMillis) {
        return new Step.Say(bytes, new Pace(piece, restMillis));
    }

    static Step fill(long size, long seed) {
        return new Step.Fill(size, seed, Pace.FULL);
    }

    static Step hear(String method) {
        return new Step.HearResponse(method, Pace.FULL);
    }

    static Step body() {
        return new Step.HearBody(Pace.FULL);
    }

    static Step exactly(long size) {
        return new Step.HearExactly(size, Pace.FULL);
    }

    static Step head() {
        return new Step.HearHead();
    }

    static Step end() {
        return new Step.HearEnd(SHORT_QUIET);
    }

    static Step untilEnd() {
        return new Step.HearEnd(10_000);
    }

    static Step rest(int millis) {
        return new Step.Rest(millis);
    }
}
