package io.proa.formats;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A second reader of HTTP/1 messages: slow, made of strings and patterns, written from the RFCs'
/// grammar and sharing no idea with the first. It says ok, more or bad.
public final class Oracle {
    private static final String TCHAR = "[-!#$%&'*+.^_`|~0-9A-Za-z]";
    private static final String OCTET = "[\\x21-\\x7e\\x80-\\xff]";
    private static final Pattern REQUEST_LINE =
            Pattern.compile("(" + TCHAR + "+) ([\\x21\\x22\\x24-\\x7e]+) HTTP/1\\.([01])");
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9][0-9])(?: [\\t\\x20-\\x7e\\x80-\\xff]*)?");
    private static final Pattern FIELD =
            Pattern.compile("(" + TCHAR + "{1,256}):([\\t\\x20-\\x7e\\x80-\\xff]*)");
    private static final Pattern TRAILER =
            Pattern.compile("(" + TCHAR + "+):([\\t\\x20-\\x7e\\x80-\\xff]*)");
    private static final Pattern STRIPPED =
            Pattern.compile(
                    "[ \\t]*(|" + OCTET + "|" + OCTET + ".*" + OCTET + ")[ \\t]*", Pattern.DOTALL);
    private static final String HOST =
            "(?:\\[(?=[^\\]]*:[^\\]]*:)[0-9A-Fa-f:.]+\\]|(?:[-._~!$&'()*+;=0-9A-Za-z]++|%[0-9A-Fa-f]{2})++)";
    private static final Pattern AUTHORITY = Pattern.compile("(" + HOST + ")(?::([0-9]{1,5}))?");
    private static final Pattern WHOLE_URI =
            Pattern.compile("(?i)(https?)://([^/?]+)((?:/[^?]*)?)(?:\\?.*)?");
    private static final Pattern SIZE_LINE =
            Pattern.compile("([0-9A-Fa-f]{1,14})((?:;" + TCHAR + "+(?:=" + TCHAR + "+)?)*)");
    private static final BigInteger LARGEST = BigInteger.TWO.pow(53);
    private static final Set<String> ONE_HOP =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "upgrade",
                    "http2-settings");
    private static final Set<String> KEPT =
            Set.of(
                    "content-length",
                    "transfer-encoding",
                    "host",
                    "expect",
                    "trailer",
                    "date",
                    "traceparent",
                    "tracestate",
                    "baggage",
                    "x-request-id",
                    "x-proa-attempt",
                    "x-proa-deadline-ms",
                    "x-proa-reason",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-forwarded-client-cert",
                    "forwarded",
                    "authorization",
                    "cookie",
                    "set-cookie",
                    "content-type",
                    "content-encoding",
                    "content-range",
                    "cache-control",
                    "max-forwards",
                    "range",
                    "www-authenticate");
    private static final Set<String> PROXY =
            Set.of("proxy-authenticate", "proxy-authorization", "proxy-authentication-info");
    private static final Set<String> IMITABLE =
            Set.of(
                    "content-length",
                    "transfer-encoding",
                    "x-forwarded-client-cert",
                    "x-proa-attempt",
                    "x-proa-deadline-ms",
                    "x-proa-reason");

    private static final class Bad extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final String text;
    private final @Nullable Method answered;
    private final HeadLimits limits;
    private final List<String[]> fields = new ArrayList<>();
    private String startLine = "";
    private String path = "";
    private String authority = "";
    private String scheme = "";
    private String method = "";
    private int version;
    private int status;

    private Oracle(String text, @Nullable Method answered, HeadLimits limits) {
        this.limits = limits;
        this.text = text;
        this.answered = answered;
    }

    public static Reading read(@Nullable Method answered, String text) {
        return read(answered, text, HeadLimits.DEFAULT);
    }

    public static Reading read(@Nullable Method answered, String text, HeadLimits limits) {
        try {
            return new Oracle(text, answered, limits).read();
        } catch (Bad e) {
            return Reading.refused("bad");
        }
    }

    private static void require(boolean rule) {
        if (!rule) {
            throw new Bad();
        }
    }

    private Reading read() {
        int start = answered == null && text.startsWith("\r\n") ? 2 : 0;
        int blank = text.indexOf("\r\n\r\n", start);
        if (text.startsWith("\r\n", start)) {
            throw new Bad();
        }
        if (blank < 0) {
            return Reading.refused("more");
        }
        require(blank + 4 <= limits.maxBytes());
        String[] lines = text.substring(start, blank).split("\r\n", -1);
        startLine = lines[0];
        require(lines.length - 1 <= limits.maxHeaders());
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            Matcher field = FIELD.matcher(line);
            require(field.matches());
            fields.add(new String[] {field.group(1), strip(field.group(2))});
        }
        if (answered == null) {
            requestLine();
        } else {
            statusLine();
        }
        return judge(blank + 4);
    }

    private void requestLine() {
        Matcher line = REQUEST_LINE.matcher(startLine);
        require(line.matches());
        method = line.group(1);
        version = 10 + Integer.parseInt(line.group(3));
        String target = line.group(2);
        path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        if (method.equals("CONNECT")) {
            require(isAuthority(target) && target.matches(".*:[0-9]+"));
            authority = target;
            path = "";
            return;
        }
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS")) {
            return;
        }
        Matcher uri = WHOLE_URI.matcher(target);
        require(uri.matches() && isAuthority(uri.group(2)));
        scheme = uri.group(1).toLowerCase(Locale.ROOT);
        authority = uri.group(2);
        path = uri.group(3);
    }

    private void statusLine() {
        Matcher line = STATUS_LINE.matcher(startLine);
        require(line.matches());
        version = 10 + Integer.parseInt(line.group(1));
        status = Integer.parseInt(line.group(2));
    }

    private static boolean isAuthority(String text) {
        Matcher m = AUTHORITY.matcher(text);
        return m.matches() && (m.group(2) == null || Integer.parseInt(m.group(2)) <= 65535);
    }

    private List<String> all(String name) {
        return fields.stream().filter(f -> f[0].equalsIgnoreCase(name)).map(f -> f[1]).toList();
    }

    private Reading judge(int headEnd) {
        for (String[] f : fields) {
            String hyphens = f[0].toLowerCase(Locale.ROOT).replace('_', '-');
            require(!f[0].contains("_") || !IMITABLE.contains(hyphens));
        }
        Set<String> options = options();
        List<String> lengths = all("content-length");
        List<String> codings = all("transfer-encoding");
        require(lengths.size() + codings.size() <= 1);
        long length = -1;
        if (!lengths.isEmpty()) {
            require(lengths.getFirst().matches("0|[1-9][0-9]*"));
            BigInteger number = new BigInteger(lengths.getFirst());
            require(number.compareTo(LARGEST) <= 0);
            length = number.longValue();
        }
        if (!codings.isEmpty()) {
            require(version == 11 && codings.getFirst().equalsIgnoreCase("chunked"));
        }
        List<String> upgrades = all("upgrade");
        upgrades.forEach(u -> require(u.matches("[-!#$%&'*+.^_`|~0-9A-Za-z/, \\t]*")));
        boolean upgrade = version == 11 && options.contains("upgrade") && !upgrades.isEmpty();
        Framing framing =
                answered == null
                        ? requestFraming(length, codings)
                        : responseFraming(length, codings, upgrade);
        boolean keep =
                framing != Framing.UNTIL_CLOSE
                        && !options.contains("close")
                        && (version == 11 || options.contains("keep-alive"));
        long[] body = {0, headEnd};
        if (framing == Framing.CHUNKED && !chunks(headEnd, body)) {
            return Reading.refused("more");
        }
        return new Reading(
                "ok",
                startLine,
                path,
                authority,
                version,
                status,
                fields.stream().map(f -> f[0] + ": " + f[1]).toList(),
                fields.stream()
                        .map(f -> f[0].toLowerCase(Locale.ROOT))
                        .filter(n ->
                                ONE_HOP.contains(n) || options.contains(n) && !n.equals("close"))
                        .toList(),
                framing,
                length,
                keep,
                !all("expect").isEmpty() && version == 11 && framing != Framing.NONE,
                upgrade,
                all("te").size() == 1 && all("te").getFirst().equalsIgnoreCase("trailers"),
                body[0],
                switch (framing) {
                    case UNTIL_CLOSE -> -1;
                    case LENGTH -> headEnd + length;
                    case NONE -> headEnd;
                    case CHUNKED -> body[1];
                });
    }

    private Set<String> options() {
        Set<String> options = new TreeSet<>();
        for (String line : all("connection")) {
            for (String option : line.split(",", -1)) {
                String name = strip(option).toLowerCase(Locale.ROOT);
                require(name.matches(TCHAR + "*") && !KEPT.contains(name));
                options.add(name);
            }
        }
        return options;
    }

    private Framing requestFraming(long length, List<String> codings) {
        List<String> hosts = all("host");
        require(hosts.size() == 1 || hosts.isEmpty() && version == 10);
        for (String host : hosts) {
            require(host.isEmpty() || isAuthority(host));
            require(authority.isEmpty() || sameHost(host));
        }
        List<String> expect = all("expect");
        require(
                expect.isEmpty()
                        || expect.size() == 1
                                && expect.getFirst().equalsIgnoreCase("100-continue"));
        boolean body = length > 0 || !codings.isEmpty();
        require(!body || !method.equals("CONNECT") && !method.equals("TRACE"));
        return !codings.isEmpty() ? Framing.CHUNKED : length > 0 ? Framing.LENGTH : Framing.NONE;
    }

    private boolean sameHost(String host) {
        if (host.equalsIgnoreCase(authority)) {
            return true;
        }
        if (method.equals("CONNECT")) {
            return host.equalsIgnoreCase(authority.replaceFirst(":[0-9]+$", ""));
        }
        return (host + (scheme.equals("http") ? ":80" : ":443")).equalsIgnoreCase(authority)
                && !host.isEmpty();
    }

    private Framing responseFraming(long length, List<String> codings, boolean upgrade) {
        boolean tunnel = answered == Method.CONNECT && status >= 200 && status <= 299;
        boolean bodiless = status < 200 || status == 204 || tunnel;
        require(!(bodiless || status == 205) || codings.isEmpty() && length <= 0);
        require(status != 101 || upgrade);
        if (bodiless || status == 304 || answered == Method.HEAD || length == 0) {
            return Framing.NONE;
        }
        return !codings.isEmpty()
                ? Framing.CHUNKED
                : length > 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
    }

    private boolean chunks(int from, long[] result) {
        int at = from;
        long extensions = 0;
        while (true) {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                return false;
            }
            Matcher line = SIZE_LINE.matcher(text.substring(at, end));
            require(line.matches());
            long size = Long.parseLong(line.group(1), 16);
            require(size <= LARGEST.longValue());
            extensions += line.group(2).length();
            require(line.group(2).length() <= 1024 && extensions <= 4096 + result[0] / 16);
            at = end + 2;
            if (size == 0) {
                return trailers(at, result);
            }
            if (at + size + 2 > text.length()) {
                String rest = at + size < text.length() ? text.substring((int) (at + size)) : "";
                require(rest.isEmpty() || rest.equals("\r"));
                return false;
            }
            at += (int) size;
            require(text.startsWith("\r\n", at));
            at += 2;
            result[0] += size;
        }
    }

    private boolean trailers(int from, long[] result) {
        int at = from;
        int count = 0;
        int bytes = 0;
        while (true) {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                return false;
            }
            String line = text.substring(at, end);
            at = end + 2;
            if (line.isEmpty()) {
                result[1] = at;
                return true;
            }
            Matcher field = TRAILER.matcher(line);
            require(field.matches());
            bytes += line.length();
            require(++count <= 64 && bytes <= 8192);
            String name = field.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
            require(name.equals("date") || !KEPT.contains(name));
            require(!ONE_HOP.contains(name) && !PROXY.contains(name));
        }
    }

    private static String strip(String value) {
        Matcher m = STRIPPED.matcher(value);
        require(m.matches());
        return m.group(1);
    }
}
