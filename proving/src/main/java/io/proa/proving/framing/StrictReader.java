package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads messages of HTTP/1.1 as RFC 9112 has them, and calls ambiguous whatever a second reader
/// might take otherwise: all that breaks the grammar, and what keeps to it but is known to be read
/// in two ways (lists of lengths, leading zeros, codings besides chunked, folded lines, fields that
/// the next hop would be told to remove). Text is ISO 8859-1: a character is an octet.
final class StrictReader {
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9][0-9]) [\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern REQUEST_LINE =
            Pattern.compile(
                    "(" + FieldLines.TCHAR + "+) ([\\x21\\x22\\x24-\\x7e]+) HTTP/1\\.([01])");
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?i)https?://([^/?#]+)((?:/[^#]*)?(?:\\?[^#]*)?)");

    private static final class More extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final String text;
    private int at;

    private StrictReader(String text) {
        this.text = text;
    }

    /// Requests, as long as there are any.
    static Reading requests(String text) {
        return new StrictReader(text).readRequests();
    }

    /// The answers to requests of these methods, in their order.
    ///
    /// @param closed whether the connection has ended behind `text`
    static Reading responses(String text, List<String> methods, boolean closed) {
        return new StrictReader(text).readResponses(methods, closed);
    }

    private Reading readRequests() {
        List<Message> messages = new ArrayList<>();
        int next = 0;
        try {
            while (at < text.length()) {
                messages.add(request());
                next = at;
            }
            return new Reading(messages, End.WHOLE, "", next);
        } catch (More _) {
            return new Reading(messages, End.UNFINISHED, "it breaks off", next);
        } catch (Ambiguous e) {
            return new Reading(messages, End.AMBIGUOUS, e.why, next);
        }
    }

    private Reading readResponses(List<String> methods, boolean closed) {
        List<Message> messages = new ArrayList<>();
        int next = 0;
        int answered = 0;
        try {
            while (at < text.length()) {
                Ambiguous.unless(answered < methods.size(), "bytes that nobody asked for");
                Message message = response(methods.get(answered), closed);
                messages.add(message);
                next = at;
                answered += message.isInterim() && message.status() != 101 ? 0 : 1;
                if (message.status() == 101) {
                    break;
                }
            }
            return new Reading(messages, End.WHOLE, "", next);
        } catch (More _) {
            return new Reading(messages, End.UNFINISHED, "it breaks off", next);
        } catch (Ambiguous e) {
            return new Reading(messages, End.AMBIGUOUS, e.why, next);
        }
    }

    /// The lines of a head, without the empty one.
    private String[] head() {
        int end = text.indexOf("\r\n\r\n", at);
        String head = end < 0 ? text.substring(at) : text.substring(at, end);
        Ambiguous.unless(!text.startsWith("\r\n", at), "an empty line where a message begins");
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            boolean last = i == head.length() - 1;
            Ambiguous.unless(c != 0, "NUL in a head");
            Ambiguous.unless(c != '\n' || i > 0 && head.charAt(i - 1) == '\r', "a bare LF");
            Ambiguous.unless(c != '\r' || last || head.charAt(i + 1) == '\n', "a bare CR");
        }
        if (end < 0) {
            throw new More();
        }
        at = end + 4;
        return head.split("\r\n", -1);
    }

    private Message request() {
        String[] lines = head();
        Matcher line = REQUEST_LINE.matcher(lines[0]);
        Ambiguous.unless(line.matches(), "no request line: " + Ambiguous.shown(lines[0]));
        String method = line.group(1);
        boolean old = line.group(3).equals("0");
        FieldLines fields = FieldLines.of(lines);
        fields.checkRequest(old, lines[0]);
        String target = target(method, line.group(2), fields);
        String body = "";
        if (fields.isChunked(old)) {
            body = chunks();
        } else if (fields.length() > 0) {
            body = exactly(fields.length());
        }
        if (method.equals("CONNECT")) {
            Ambiguous.unless(fields.length() < 0 && !fields.isChunked(old), "CONNECT with a body");
        }
        return new Message(method, target, 0, body);
    }

    private static String target(String method, String target, FieldLines fields) {
        Matcher whole = ABSOLUTE.matcher(target);
        if (method.equals("CONNECT")) {
            Ambiguous.unless(FieldLines.isAuthority(target), "CONNECT to no authority");
        } else if (whole.matches()) {
            String host = fields.value("host");
            Ambiguous.unless(
                    host == null || host.equalsIgnoreCase(whole.group(1)),
                    "Host is another one than the target's");
            return whole.group(2).isEmpty() ? "/" : whole.group(2);
        } else {
            boolean form = target.startsWith("/") || target.equals("*") && method.equals("OPTIONS");
            Ambiguous.unless(form, "a target in no form: " + Ambiguous.shown(target));
        }
        return target;
    }

    private Message response(String method, boolean closed) {
        String[] lines = head();
        Matcher line = STATUS_LINE.matcher(lines[0]);
        Ambiguous.unless(line.matches(), "no status line: " + Ambiguous.shown(lines[0]));
        boolean old = line.group(1).equals("0");
        int status = Integer.parseInt(line.group(2));
        FieldLines fields = FieldLines.of(lines);
        boolean chunked = fields.isChunked(old);
        boolean announced = chunked || fields.length() >= 0;
        if (status < 200 || status == 204) {
            Ambiguous.unless(!announced, "a length in a response that has no body");
            boolean switching =
                    fields.value("upgrade") != null && fields.value("connection") != null;
            Ambiguous.unless(status != 101 || switching, "101 without Upgrade");
            return new Message(method, "", status, "");
        }
        if (status == 205) {
            Ambiguous.unless(!chunked && fields.length() <= 0, "a body in a 205");
        }
        if (method.equals("HEAD") || status == 304) {
            return new Message(method, "", status, "");
        }
        return new Message(method, "", status, responseBody(fields, chunked, closed));
    }

    private String responseBody(FieldLines fields, boolean chunked, boolean closed) {
        if (chunked) {
            return chunks();
        }
        if (fields.length() >= 0) {
            return exactly(fields.length());
        }
        if (!closed) {
            throw new More();
        }
        return exactly(text.length() - (long) at);
    }

    private String exactly(long length) {
        if (length > text.length() - at) {
            throw new More();
        }
        int from = at;
        at += (int) length;
        return text.substring(from, at);
    }

    private String chunkLine() {
        int end = text.indexOf('\n', at);
        String line = text.substring(at, end < 0 ? text.length() : end);
        int cr = line.indexOf('\r');
        Ambiguous.unless(cr < 0 || cr == line.length() - 1, "a bare CR in a chunked body");
        if (end < 0) {
            throw new More();
        }
        Ambiguous.unless(cr >= 0, "a bare LF in a chunked body");
        at = end + 1;
        return line.substring(0, cr);
    }

    private String chunks() {
        StringBuilder body = new StringBuilder();
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(exactly(size));
            if (at < text.length()) {
                Ambiguous.unless(
                        text.charAt(at) == '\r', "a chunk's data are longer than its size");
            }
            if (at + 1 < text.length()) {
                Ambiguous.unless(text.charAt(at + 1) == '\n', "a chunk that CR alone ends");
            }
            exactly(2);
        }
        List<String> trailers = new ArrayList<>(List.of(""));
        for (String line = chunkLine(); !line.isEmpty(); line = chunkLine()) {
            trailers.add(line);
        }
        FieldLines.of(trailers.toArray(String[]::new)).checkTrailers();
        return body.toString();
    }

    private long chunkSize() {
        String line = chunkLine();
        Matcher size = FieldLines.CHUNK_LINE.matcher(line);
        Ambiguous.unless(size.matches(), "no chunk size: " + Ambiguous.shown(line));
        return Long.parseLong(size.group(1), 16);
    }
}
