package io.proa.proving.framing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Cases in a file of these lines, besides comments (`#`):
///
/// - `let NAME TEXT`: from here on `$NAME` is that text
/// - `section NAME`: what follows belongs to it
/// - `shape NAME TEXT`: each row of the section is put in the place of `{}`; without shapes a row
///   is the whole
/// - `row NAME TEXT`: a case that may be refused
/// - `good NAME TEXT`: one that must be passed
/// - `bytes NAME TEXT`: a row for each control byte in the place of `{byte}`
///
/// In a text `\r`, `\n`, `\t`, `\s` (a space), `\\` and `\xHH` are octets, and `\*N(TEXT)` is N
/// times that text.
final class Corpus {
    /// @param text octets as characters
    /// @param good whether it must be passed
    record Case(String name, String text, boolean good) {}

    private record Row(String name, String text, boolean good) {}

    private final List<Case> cases = new ArrayList<>();
    private final Map<String, String> lets = new LinkedHashMap<>();
    private final Map<String, String> shapes = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private String section = "";

    private Corpus() {}

    static List<Case> read(Path file) throws IOException {
        return read(Files.readAllLines(file, StandardCharsets.UTF_8));
    }

    /// @throws IllegalArgumentException where a line is none of the above, or a name stands twice
    static List<Case> read(List<String> lines) {
        Corpus corpus = new Corpus();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                String[] words = line.split(" +", 3);
                try {
                    corpus.line(words[0], words[1], words.length > 2 ? words[2] : "");
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new IllegalArgumentException("line " + (i + 1) + ": " + line, e);
                }
            }
        }
        corpus.finish();
        Set<String> names = new LinkedHashSet<>();
        for (Case one : corpus.cases) {
            if (!names.add(one.name)) {
                throw new IllegalArgumentException("two cases are called " + one.name);
            }
        }
        return corpus.cases;
    }

    private void line(String what, String name, String text) {
        switch (what) {
            case "let" -> lets.put("$" + name, put(text));
            case "section" -> {
                finish();
                section = name;
            }
            case "shape" -> shapes.put(name, text);
            case "row" -> rows.add(new Row(name, text, false));
            case "good" -> rows.add(new Row(name, text, true));
            case "bytes" -> bytes(name, text);
            default -> throw new IllegalArgumentException(what);
        }
    }

    private void bytes(String name, String text) {
        for (int octet = 0;
                octet < 256;
                octet = octet == 31 ? 127 : octet == 127 ? 256 : octet + 1) {
            if (octet != '\t' && octet != '\r' && octet != '\n') {
                String hex = String.format("%02x", octet);
                rows.add(new Row(name + "-" + hex, text.replace("{byte}", "\\x" + hex), false));
            }
        }
    }

    private void finish() {
        for (Row row : rows) {
            if (shapes.isEmpty()) {
                add(row, row.name, row.text);
            }
            shapes.forEach((name, shape) ->
                    add(row, row.name + "/" + name, shape.replace("{}", row.text)));
        }
        shapes.clear();
        rows.clear();
    }

    private void add(Row row, String name, String text) {
        cases.add(new Case(section + "/" + name, octets(put(text)), row.good));
    }

    private String put(String text) {
        String result = text;
        for (Map.Entry<String, String> let : lets.entrySet()) {
            result = result.replace(let.getKey(), let.getValue());
        }
        return result;
    }

    private static String octets(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            c = text.charAt(++i);
            switch (c) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 's' -> out.append(' ');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                case '*' -> {
                    int open = text.indexOf('(', i);
                    int close = text.indexOf(')', open);
                    int times = Integer.parseInt(text.substring(i + 1, open));
                    out.append(octets(text.substring(open + 1, close)).repeat(times));
                    i = close;
                }
                default -> throw new IllegalArgumentException("\\" + c);
            }
        }
        return out.toString();
    }
}
