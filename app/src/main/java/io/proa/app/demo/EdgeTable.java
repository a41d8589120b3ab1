package io.proa.app.demo;

import io.proa.app.Terminal;
import io.proa.app.Terminal.Colour;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The edges as lines of text that fit the terminal: languages stand beside the names where there
/// is room, and the least telling columns are left out where there is none.
final class EdgeTable {
    private static final int LONGEST_NAME = 24;

    /// The columns behind the names, in their order.
    private enum Column {
        MTLS(4),
        EFFECTIVE(9),
        ACTUAL(8),
        RETRIES(7),
        RPS(5),
        P50(6),
        P99(6),
        ADDED(6);

        private final int width;

        Column(int width) {
            this.width = width;
        }
    }

    /// What a narrow terminal does without, first things first.
    private static final List<Column> DISPENSABLE =
            List.of(Column.P50, Column.RPS, Column.ADDED, Column.P99, Column.RETRIES);

    /// Below this share a success rate is shown as bad.
    static final double GOOD_ENOUGH = 0.995;

    /// One edge and how many requests a second it carried lately.
    record Row(Edge edge, double rps) {}

    private final Terminal terminal;
    private final Map<String, String> languages;
    private final boolean languagesShown;
    private final int nameWidth;
    private final Set<Column> columns = EnumSet.allOf(Column.class);

    /// @param languages by service
    EdgeTable(Terminal terminal, Map<String, String> languages) {
        this.terminal = terminal;
        this.languages = languages;
        int named = widest(languages.keySet());
        int spoken = widest(languages.keySet().stream().map(this::withLanguage).toList());
        this.languagesShown = width(spoken) <= terminal.columns();
        this.nameWidth = languagesShown ? spoken : named;
        for (Column column : DISPENSABLE) {
            if (width(nameWidth) > terminal.columns()) {
                columns.remove(column);
            }
        }
    }

    private static int widest(Collection<String> names) {
        int widest = 4;
        for (String name : names) {
            widest = Math.max(widest, Math.min(name.length(), LONGEST_NAME));
        }
        return widest;
    }

    private int width(int nameWidth) {
        int width = 2 * nameWidth + 3;
        for (Column column : columns) {
            width += 1 + column.width;
        }
        return width;
    }

    String header() {
        Map<Column, String> titles = new EnumMap<>(Column.class);
        for (Column column : Column.values()) {
            titles.put(column, padded(column, column.name()));
        }
        return terminal.paint(Colour.BOLD, line("FROM", "TO", titles));
    }

    String line(Row row) {
        Edge edge = row.edge();
        boolean idle = edge.requests() == 0;
        Map<Column, String> cells = new EnumMap<>(Column.class);
        cells.put(Column.MTLS, idle ? "-" : edge.mutualTls() ? "yes" : "NO");
        cells.put(Column.EFFECTIVE, idle ? "-" : percent(edge.effective()));
        cells.put(Column.ACTUAL, idle ? "-" : percent(edge.actual()));
        cells.put(Column.RETRIES, Long.toString(edge.retries()));
        cells.put(Column.RPS, Long.toString(Math.round(row.rps())));
        cells.put(Column.P50, idle ? "-" : millis(edge.p50()));
        cells.put(Column.P99, idle ? "-" : millis(edge.p99()));
        cells.put(Column.ADDED, idle ? "-" : millis(edge.addedP50()));
        cells.replaceAll(EdgeTable::padded);
        if (!idle) {
            // Painted when padded: the codes take no room.
            colour(cells, Column.MTLS, edge.mutualTls());
            colour(cells, Column.EFFECTIVE, edge.effective() >= GOOD_ENOUGH);
        }
        return line(name(edge.from()), name(edge.to()), cells);
    }

    private void colour(Map<Column, String> cells, Column column, boolean good) {
        cells.computeIfPresent(
                column, (_, text) -> terminal.paint(good ? Colour.GOOD : Colour.BAD, text));
    }

    private String line(String from, String to, Map<Column, String> cells) {
        StringBuilder line = new StringBuilder(pad(from)).append("  ").append(pad(to)).append(' ');
        for (Column column : columns) {
            line.append(' ').append(cells.get(column));
        }
        return line.toString();
    }

    private static String padded(Column column, String text) {
        String gap = " ".repeat(Math.max(0, column.width - text.length()));
        return column == Column.MTLS ? text + gap : gap + text;
    }

    /// What the columns mean, for who sees them for the first time.
    List<String> legend() {
        return List.of(
                terminal.paint(
                        Colour.DIM,
                        "Success: EFFECTIVE as the app sees it, ACTUAL of the single attempts behind it."),
                terminal.paint(
                        Colour.DIM,
                        "Times are in ms; P99 shows stalls that demo/fleet.yaml causes on purpose."),
                terminal.paint(
                        Colour.DIM,
                        "ADDED is the median time a request spent in the calling sidecar itself."));
    }

    private String pad(String name) {
        String cut = name.length() > nameWidth ? name.substring(0, nameWidth - 1) + "~" : name;
        return cut + " ".repeat(nameWidth - cut.length());
    }

    private String name(String service) {
        return languagesShown ? withLanguage(service) : service;
    }

    private String withLanguage(String service) {
        String language = languages.getOrDefault(service, "");
        return language.isEmpty() ? service : service + " (" + language + ")";
    }

    /// Never rounded up to 100: one failure in a million still shows.
    static String percent(double share) {
        double percent = Math.floor(share * 10_000) / 100;
        return share >= 1 ? "100 %" : String.format(Locale.ROOT, "%.2f %%", percent);
    }

    static String millis(double ms) {
        return String.format(Locale.ROOT, ms < 10 ? "%.2f" : ms < 100 ? "%.1f" : "%.0f", ms);
    }
}
