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
/// Left out is what depends on time alone: buckets and sums of durations, gauges, and what the
/// process says of itself.
final class Series {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(\\{.*})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Pattern ROLE = Pattern.compile("\\b(caller|callee)-\\d\\b");

    /// What every series of a call should say; only what differs is worth showing.
    private static final Set<String> EXPECTED =
            Set.of(
                    "service=\"callee.default\"",
                    "security=\"mutual_tls\"");

    private Series() {}

    static SortedMap<String, Long> read(String page) {
        SortedMap<String, Long> series = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        for (String line : page.lines().toList()) {
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
        if (name.startsWith("process_")) {
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

    /// One line for people: `requests{GET 2xx none}+1 attempts+2`.
    static String brief(Map<String, Long> growth) {
        StringJoiner text = new StringJoiner(" ");
        growth.forEach((series, more) -> text.add(brief(series) + '+' + more));
        return text.length() == 0 ? "none" : text.toString();
    }

    static String brief(String series) {
        int brace = series.indexOf('{');
        String name =
                series.substring(0, brace).replaceFirst("^proa_", "").replaceFirst("_total$", "");
        StringJoiner labels = new StringJoiner(" ", "{", "}").setEmptyValue("");
        Matcher label = LABEL.matcher(series.substring(brace));
        while (label.find()) {
            if (!EXPECTED.contains(label.group())) {
                labels.add(value(label.group(1), label.group(2)));
            }
        }
        return name + labels;
    }

    private static String value(String label, String value) {
        return switch (label) {
            case "method", "status_class", "reason", "way", "result", "direction" -> value;
            case "peer" -> "peer=" + value.substring(value.lastIndexOf('/') + 1);
            default -> label + "=" + value;
        };
    }
}
