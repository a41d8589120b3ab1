package io.proa.app.demo;

import io.proa.app.Terminal;
import io.proa.app.Terminal.Colour;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The edges as lines of text that fit the terminal: languages stand beside the names where there
/// is room.
final class EdgeTable {
    private static final int ROOM_FOR_LANGUAGES = 100;

    /// Below this share a success rate is shown as bad.
    static final double GOOD_ENOUGH = 0.995;

    /// One edge and how many requests a second it carried lately.
    record Row(Edge edge, double rps) {}

    private final Terminal terminal;
    private final Map<String, String> languages;
    private final int nameWidth;

    /// @param languages by service
    EdgeTable(Terminal terminal, Map<String, String> languages) {
        this.terminal = terminal;
        this.languages = languages;
        int widest = 4;
        for (String service : languages.keySet()) {
            widest = Math.max(widest, name(service).length());
        }
        this.nameWidth = Math.min(widest, terminal.columns() >= ROOM_FOR_LANGUAGES ? 24 : 12);
    }

    String header() {
        return terminal.paint(
                Colour.BOLD,
                line(
                        "FROM", "TO", "MTLS", "SUCCESS", "REALLY", "RETRIES", "RPS", "P50", "P99",
                        "ADDED"));
    }

    String line(Row row) {
        Edge edge = row.edge();
        boolean idle = edge.requests() == 0;
        String mtls =
                terminal.paint(
                        edge.mutualTls() ? Colour.GOOD : Colour.BAD,
                        "%-4s".formatted(idle ? "-" : edge.mutualTls() ? "yes" : "NO"));
        String effective = idle ? "-" : percent(edge.effective());
        Colour colour = edge.effective() >= GOOD_ENOUGH ? Colour.GOOD : Colour.BAD;
        return line(
                name(edge.from()),
                name(edge.to()),
                mtls,
                terminal.paint(colour, "%8s".formatted(effective)),
                idle ? "-" : percent(edge.actual()),
                Long.toString(edge.retries()),
                Long.toString(Math.round(row.rps())),
                idle ? "-" : millis(edge.p50()),
                idle ? "-" : millis(edge.p99()),
                idle ? "-" : millis(edge.addedP50()));
    }

    /// What the columns mean, for who sees them for the first time.
    List<String> legend() {
        return List.of(
                terminal.paint(
                        Colour.DIM,
                        "SUCCESS is what the app saw, REALLY what the attempts gave. Times are in ms;"),
                terminal.paint(
                        Colour.DIM,
                        "ADDED is the median time a request spent in the calling sidecar itself."));
    }

    private String line(String... cells) {
        return "%s  %s  %s %s %8s %7s %5s %6s %6s %6s"
                .formatted(
                        pad(cells[0]),
                        pad(cells[1]),
                        right(cells[2], 4, true),
                        right(cells[3], 8, false),
                        cells[4],
                        cells[5],
                        cells[6],
                        cells[7],
                        cells[8],
                        cells[9]);
    }

    private String pad(String name) {
        String cut = name.length() > nameWidth ? name.substring(0, nameWidth - 1) + "~" : name;
        return cut + " ".repeat(nameWidth - cut.length());
    }

    /// Painted cells carry invisible characters and come padded; plain ones are padded here.
    private static String right(String cell, int width, boolean left) {
        if (cell.length() >= width) {
            return cell;
        }
        String gap = " ".repeat(width - cell.length());
        return left ? cell + gap : gap + cell;
    }

    private String name(String service) {
        String language = languages.getOrDefault(service, "");
        return terminal.columns() >= ROOM_FOR_LANGUAGES && !language.isEmpty()
                ? service + " (" + language + ")"
                : service;
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
