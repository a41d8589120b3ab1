package io.proa.proving.transparency;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One thing that an application saw. Strings are ISO 8859-1, exactly the bytes that came.
sealed interface Event {
    /// A request's or response's head.
    ///
    /// @param line the start line
    /// @param fields in their order, each `name: value` as it was written
    record Head(String line, List<String> fields) implements Event {
        public Head {
            fields = List.copyOf(fields);
        }
    }

    /// A message's body.
    ///
    /// @param framing `none`, `length`, `chunked` or `close`
    /// @param digest of the bytes, without chunk lines
    /// @param chunks size and extensions of each, or a digest of that where it is long
    record Body(String framing, long size, String digest, String chunks) implements Event {}

    /// What follows the last chunk.
    record Trailers(List<String> fields) implements Event {
        public Trailers {
            fields = List.copyOf(fields);
        }
    }

    /// Bytes that belong to no message.
    record Bytes(long size, String digest) implements Event {}

    /// How the other side ended.
    ///
    /// @param how `fin`, `rst`, `open` (it did not), `silence` (it should have gone on)
    /// @param where what was being read, empty between messages
    record End(String how, String where) implements Event {}

    /// Anything else.
    record Note(String text) implements Event {}

    /// One line of ASCII.
    default String encode() {
        List<String> parts = new ArrayList<>();
        switch (this) {
            case Head(String line, List<String> fields) -> {
                parts.addAll(List.of("head", line));
                parts.addAll(fields);
            }
            case Body(String framing, long size, String digest, String chunks) ->
                    parts.addAll(List.of("body", framing, Long.toString(size), digest, chunks));
            case Trailers(List<String> fields) -> {
                parts.add("trailers");
                parts.addAll(fields);
            }
            case Bytes(long size, String digest) ->
                    parts.addAll(List.of("bytes", Long.toString(size), digest));
            case End(String how, String where) -> parts.addAll(List.of("end", how, where));
            case Note(String text) -> parts.addAll(List.of("note", text));
        }
        return String.join("\t", parts.stream().map(Event::escaped).toList());
    }

    /// The reverse of [#encode].
    static Event decode(String line) {
        List<String> parts = new ArrayList<>();
        for (String part : line.split("\t", -1)) {
            parts.add(unescaped(part));
        }
        return switch (parts.getFirst()) {
            case "head" -> new Head(parts.get(1), parts.subList(2, parts.size()));
            case "body" ->
                    new Body(
                            parts.get(1), Long.parseLong(parts.get(2)), parts.get(3), parts.get(4));
            case "trailers" -> new Trailers(parts.subList(1, parts.size()));
            case "bytes" -> new Bytes(Long.parseLong(parts.get(1)), parts.get(2));
            case "end" -> new End(parts.get(1), parts.get(2));
            case "note" -> new Note(parts.get(1));
            default -> throw new IllegalArgumentException("'" + line + "' is no event");
        };
    }

    /// For people.
    default String shown() {
        return encode().replace("\t", "\n        ");
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                out.append("\\\\");
            } else if (c < ' ' || c > '~') {
                out.append("\\x").append(Character.forDigit(c >> 4 & 15, 16));
                out.append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
            } else if (text.charAt(i + 1) == '\\') {
                out.append('\\');
                i++;
            } else {
                out.append((char) Integer.parseInt(text, i + 2, i + 4, 16));
                i += 3;
            }
        }
        return out.toString();
    }

    /// Its bytes.
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
