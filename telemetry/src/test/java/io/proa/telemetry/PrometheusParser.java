package io.proa.telemetry;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// A strict reader of the Prometheus text format 0.0.4: what it accepts, Prometheus accepts, and
/// more than promtool asks.
final class PrometheusParser {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*");

    /// `name{label="value",...}` with labels as they came, to value.
    final Map<String, Double> samples = new LinkedHashMap<>();

    final Map<String, String> types = new HashMap<>();
    private final Set<String> helped = new HashSet<>();
    private String family = "";
    private String text = "";
    private int at;

    static PrometheusParser parse(String page) {
        PrometheusParser parser = new PrometheusParser();
        if (!page.endsWith("\n")) {
            throw new AssertionError("the last line must end in a line feed");
        }
        for (String line : page.substring(0, page.length() - 1).split("\n", -1)) {
            parser.line(line);
        }
        parser.checkHistograms();
        return parser;
    }

    double value(String sample) {
        Double value = samples.get(sample);
        if (value == null) {
            throw new AssertionError(sample + " is missing among " + samples.keySet());
        }
        return value;
    }

    private void line(String line) {
        text = line;
        at = 0;
        if (line.startsWith("# HELP ")) {
            String[] parts = line.split(" ", 4);
            family = parts[2];
            check(parts.length == 4 && NAME.matcher(family).matches(), "HELP");
            check(helped.add(family), "a family appears once");
            check(parts[3].endsWith("."), "help is a sentence");
        } else if (line.startsWith("# TYPE ")) {
            String[] parts = line.split(" ", -1);
            check(parts.length == 4 && parts[2].equals(family), "TYPE follows HELP");
            check(Set.of("counter", "gauge", "histogram").contains(parts[3]), "type");
            check(
                    !parts[3].equals("counter") || family.endsWith("_total"),
                    "counters end in _total");
            types.put(family, parts[3]);
        } else {
            sample();
        }
    }

    private void sample() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '{' && text.charAt(at) != ' ') {
            at++;
        }
        String name = text.substring(start, at);
        check(NAME.matcher(name).matches(), "name");
        String suffix = name.startsWith(family) ? name.substring(family.length()) : "?";
        boolean histogram = "histogram".equals(types.get(family));
        check(
                histogram ? Set.of("_bucket", "_sum", "_count").contains(suffix) : suffix.isEmpty(),
                "sample of its family");
        Set<String> labels = new HashSet<>();
        if (text.charAt(at) == '{') {
            do {
                at++;
                label(labels);
            } while (text.charAt(at) == ',');
            check(text.charAt(at++) == '}', "closing brace");
        }
        String series = text.substring(0, at);
        check(text.charAt(at++) == ' ', "one space");
        double value = Double.parseDouble(text.substring(at));
        check(!text.substring(at).contains(" "), "no timestamp");
        check(value >= 0 && Double.isFinite(value), "counts are not negative");
        check(samples.put(series, value) == null, "a series appears once");
    }

    private void label(Set<String> labels) {
        int start = at;
        while (text.charAt(at) != '=') {
            at++;
        }
        String name = text.substring(start, at);
        check(NAME.matcher(name).matches() && labels.add(name), "label " + name);
        check(text.charAt(++at) == '"', "opening quote");
        at++;
        while (text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
                check("\\n\"".indexOf(text.charAt(at)) >= 0, "escape");
            }
            at++;
        }
        at++;
    }

    private void checkHistograms() {
        String open = "";
        double before = 0;
        for (Map.Entry<String, Double> sample : samples.entrySet()) {
            String series = sample.getKey();
            if (!series.contains("_bucket{")) {
                continue;
            }
            String key = series.substring(0, series.indexOf("le=\""));
            before = key.equals(open) ? before : 0;
            open = key;
            check(sample.getValue() >= before, "buckets grow: " + series);
            before = sample.getValue();
            if (series.endsWith("le=\"+Inf\"}")) {
                String count = key.replace("_bucket{", "_count{").replaceAll(",$", "}");
                check(Objects.equals(samples.get(count), before), "count equals +Inf: " + count);
            }
        }
    }

    private void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule + " at " + at + " of: " + text);
        }
    }
}
