package io.proa.proving.framing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The field lines of one head or trailer section, and what they say of framing.
final class FieldLines {
    static final String TCHAR = "[-!#$%&'*+.^_`|~0-9A-Za-z]";
    private static final String QUOTED =
            "\"(?:[\\t !\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*\"";
    static final Pattern CHUNK_LINE =
            Pattern.compile(
                    "([0-9A-Fa-f]{1,15})((?:;"
                            + TCHAR
                            + "+(?:=(?:"
                            + TCHAR
                            + "+|"
                            + QUOTED
                            + "))?)*)");
    private static final Pattern FIELD =
            Pattern.compile("(" + TCHAR + "+):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*?)[ \\t]*");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,15}");
    private static final Pattern CODING =
            Pattern.compile(
                    "(?i)(?:(?:x-)?(?:gzip|compress)[ \\t]*,[ \\t]*|deflate[ \\t]*,[ \\t]*)?chunked");
    private static final Pattern AUTHORITY =
            Pattern.compile(
                    "(?:\\[[0-9A-Fa-f:.]+\\]|(?:[-._~!$&'()*+;=0-9A-Za-z]|%[0-9A-Fa-f]{2})*)(?::[0-9]{0,5})?");
    private static final Pattern TOKENS =
            Pattern.compile("[ \\t,]*" + TCHAR + "+(?:[ \\t]*,[ \\t,]*" + TCHAR + "+)*[ \\t,]*|");

    /// Removing one of these changes where a message ends, or whom it is for.
    private static final Set<String> FRAMING =
            Set.of("content-length", "transfer-encoding", "host");

    private static final Set<String> NO_TRAILER =
            Set.of(
                    "content-length",
                    "transfer-encoding",
                    "host",
                    "trailer",
                    "connection",
                    "expect",
                    "upgrade",
                    "te");

    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    private FieldLines() {}

    /// @param lines the first of them is the start line
    static FieldLines of(String[] lines) {
        FieldLines made = new FieldLines();
        for (int i = 1; i < lines.length; i++) {
            boolean folded = lines[i].startsWith(" ") || lines[i].startsWith("\t");
            Ambiguous.unless(!folded, "a folded line");
            Matcher field = FIELD.matcher(lines[i]);
            Ambiguous.unless(field.matches(), "no field: " + Ambiguous.shown(lines[i]));
            made.fields.add(new Field(field.group(1).toLowerCase(Locale.ROOT), field.group(2)));
        }
        made.checkAll();
        return made;
    }

    static boolean isAuthority(String text) {
        return AUTHORITY.matcher(text).matches();
    }

    private List<String> all(String name) {
        return fields.stream().filter(f -> f.name.equals(name)).map(Field::value).toList();
    }

    /// The first of this name.
    @Nullable String value(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.getFirst();
    }

    /// Content-Length, or -1.
    long length() {
        String value = value("content-length");
        return value == null ? -1 : Long.parseLong(value);
    }

    /// @param old whether the message is of HTTP/1.0
    boolean isChunked(boolean old) {
        boolean chunked = value("transfer-encoding") != null;
        Ambiguous.unless(!chunked || !old, "Transfer-Encoding in HTTP/1.0");
        return chunked;
    }

    private void checkAll() {
        List<String> lengths = all("content-length");
        List<String> codings = all("transfer-encoding");
        Ambiguous.unless(lengths.size() < 2, "more than one Content-Length");
        Ambiguous.unless(codings.size() < 2, "more than one Transfer-Encoding");
        Ambiguous.unless(
                lengths.isEmpty() || codings.isEmpty(), "Content-Length and Transfer-Encoding");
        lengths.forEach(v ->
                Ambiguous.unless(
                        LENGTH.matcher(v).matches(), "Content-Length: " + Ambiguous.shown(v)));
        codings.forEach(v ->
                Ambiguous.unless(
                        CODING.matcher(v).matches(), "Transfer-Encoding: " + Ambiguous.shown(v)));
        for (Field field : fields) {
            String dashed = field.name.replace('_', '-');
            boolean imitates = field.name.contains("_") && FRAMING.contains(dashed);
            Ambiguous.unless(!imitates, "a name that imitates " + dashed);
        }
        for (String value : all("connection")) {
            Ambiguous.unless(
                    TOKENS.matcher(value).matches(), "Connection: " + Ambiguous.shown(value));
            for (String option : value.toLowerCase(Locale.ROOT).split("[ \\t,]+", -1)) {
                Ambiguous.unless(
                        !FRAMING.contains(option), "Connection has " + option + " removed");
            }
        }
    }

    /// What is so in requests alone.
    ///
    /// @param old whether it is of HTTP/1.0
    void checkRequest(boolean old, String line) {
        List<String> hosts = all("host");
        Ambiguous.unless(hosts.size() < 2, "more than one Host");
        Ambiguous.unless(old || !hosts.isEmpty(), "no Host: " + Ambiguous.shown(line));
        hosts.forEach(h -> Ambiguous.unless(isAuthority(h), "Host: " + Ambiguous.shown(h)));
        for (String expect : all("expect")) {
            Ambiguous.unless(
                    expect.equalsIgnoreCase("100-continue"), "Expect: " + Ambiguous.shown(expect));
        }
        Ambiguous.unless(all("expect").size() < 2, "more than one Expect");
        Ambiguous.unless(value("http2-settings") == null, "an upgrade to HTTP/2 goes on");
        for (String upgrade : all("upgrade")) {
            boolean h2 = upgrade.toLowerCase(Locale.ROOT).contains("h2c");
            Ambiguous.unless(!h2, "an upgrade to HTTP/2 goes on");
        }
    }

    void checkTrailers() {
        fields.forEach(
                f -> Ambiguous.unless(!NO_TRAILER.contains(f.name), f.name + " as a trailer"));
    }
}
