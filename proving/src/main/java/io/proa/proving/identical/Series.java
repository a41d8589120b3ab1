package io.proa.proving.identical;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The series of a `/metrics` page that count something, and by how much they grew between two
/// pages. Names of services are replaced by their roles, so that pages of different pods can be
/// compared.
///
/// Left out is what depends on time alone: buckets and sums of durations, gauges, what the process
/// says of itself, and the totals that know neither service nor peer (connections and what was
/// found out about each, handshakes, bytes): whether a connection is ready to be used again, and
/// how much of a body has been read when nobody is there to take it, is a matter of microseconds.
final class Series {
    private static final Set<String> BY_CHANCE =
            Set.of(
                    "proa_connections_opened_total",
                    "proa_connections_closed_total",
                    "proa_detections_total",
                    "proa_tls_handshakes_total",
                    "proa_bytes_total");

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(\\{.*})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Pattern ROLE = Pattern.compile("\\b(caller|callee)-\\d\\b");

    /// What the series of a call should say; only what differs is worth showing.
    private static final Set<String> EXPECTED =
            Set.of(
                    "service=\"callee.default\"",
                    "security=\"mutual_tls\"",
                    "direction=\"outbound\" peer=\"callee\"",
                    "direction=\"inbound\" peer=\"caller\"");

    private Series() {}

    static SortedMap<String, Long> read(String page) {
        SortedMap<String, Long> series = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        for (String line : (Iterable<String>) page.lines()::iterator) {
            if (line.contains("_bucket{") || line.startsWith("# HELP")) {
                continue; // most of the page
            }
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches() && isCount(sample.group(1), types)) {
                String labels = sample.group(2) == null ? "{}" : sample.group(2);
                String key = sample.group(1) + ROLE.matcher(labels).replaceAll("$1");
                series.merge(key, (long) Double.parseDouble(sample.group(3)), Long::sum);
            }
        }
        return series;
    }

    private static boolean isCount(String name, Map<String, String> types) {
        if (name.startsWith("process_") || BY_CHANCE.contains(name)) {
            return false;
        }
        if (name.endsWith("_count")) {
            String family = name.substring(0, name.length() - "_count".length());
            return "histogram".equals(types.get(family));
        }
        return "counter".equals(types.get(name));
    }

    static SortedMap<String, Long> growth(Map<String, Long> before, Map<String, Long> after) {
        SortedMap<String, Long> grown = new TreeMap<>();
        after.forEach((series, value) -> {
            long more = value - before.getOrDefault(series, 0L);
            if (more != 0) {
                grown.put(series, more);
            }
        });
        return grown;
    }

    /// The sum of a family's samples.
    static long total(Map<String, Long> series, String family) {
        long total = 0;
        for (Map.Entry<String, Long> each : series.entrySet()) {
            total += each.getKey().startsWith(family + '{') ? each.getValue() : 0;
        }
        return total;
    }

    /// One line for each series, in full.
    static String exact(Map<String, Long> growth) {
        StringJoiner text = new StringJoiner("\n");
        growth.forEach((series, more) -> text.add(series + " +" + more));
        return text.toString();
    }

    /// One line for people: `requests GET 2xx none 1, attempts 2`.
    static String brief(Map<String, Long> growth) {
        StringJoiner text = new StringJoiner(", ");
        growth.forEach((series, more) -> text.add(brief(series) + ' ' + more));
        return text.length() == 0 ? "nothing" : text.toString();
    }

    private static String brief(String series) {
        int brace = series.indexOf('{');
        String name =
                series.substring(0, brace).replaceFirst("^proa_", "").replaceFirst("_total$", "");
        StringJoiner words = new StringJoiner(" ").add(name);
        Matcher label = LABEL.matcher(series.substring(brace));
        String direction = "";
        while (label.find()) {
            String value = label.group(2).substring(label.group(2).lastIndexOf('/') + 1);
            String shown = label.group(1) + "=\"" + value + '"';
            if (label.group(1).equals("direction")) {
                direction = shown;
            } else if (label.group(1).equals("peer")) {
                shown = direction + ' ' + shown;
                if (!EXPECTED.contains(shown)) {
                    words.add(shown);
                }
            } else if (!EXPECTED.contains(shown)) {
                words.add(label.group(2));
            }
        }
        return words.toString();
    }
}
