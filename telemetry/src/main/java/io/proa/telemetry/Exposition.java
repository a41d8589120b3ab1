package io.proa.telemetry;

/// Writes the Prometheus text format, version 0.0.4.
final class Exposition {
    private final StringBuilder out;
    private String family = "";

    Exposition(StringBuilder out) {
        this.out = out;
    }

    /// Begins a family; its samples follow.
    void family(String name, String type, String help) {
        family = name;
        out.append("# HELP ").append(name).append(' ');
        escape(help, false);
        out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /// @param labels names and values in turn
    void sample(long value, String... labels) {
        labelled("", "", labels);
        out.append(value).append('\n');
    }

    void sample(double value, String... labels) {
        labelled("", "", labels);
        out.append(value).append('\n');
    }

    void histogram(LatencyHistogram from, long[] boundsNanos, String[] bounds, String... labels) {
        long total = 0;
        for (int i = 0; i < bounds.length; i++) {
            // A loop may count between two reads: never let a later bucket seem smaller.
            total = Math.max(total, from.countUpTo(boundsNanos[i]));
            labelled("_bucket", bounds[i], labels);
            out.append(total).append('\n');
        }
        total = Math.max(total, from.count());
        labelled("_bucket", "+Inf", labels);
        out.append(total).append('\n');
        labelled("_sum", "", labels);
        out.append(from.sumNanos() / 1e9).append('\n');
        labelled("_count", "", labels);
        out.append(total).append('\n');
    }

    private void labelled(String suffix, String bound, String... labels) {
        out.append(family).append(suffix);
        boolean any = labels.length > 0 || !bound.isEmpty();
        if (any) {
            out.append('{');
            for (int i = 0; i < labels.length; i += 2) {
                label(labels[i], labels[i + 1]);
            }
            if (!bound.isEmpty()) {
                label("le", bound);
            }
            out.setCharAt(out.length() - 1, '}');
        }
        out.append(' ');
    }

    private void label(String name, String value) {
        out.append(name).append("=\"");
        escape(value, true);
        out.append("\",");
    }

    private void escape(String text, boolean quotes) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '"' -> out.append(quotes ? "\\\"" : "\"");
                default -> out.append(c);
            }
        }
    }
}
