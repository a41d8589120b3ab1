package io.proa.app.launcher;

import io.proa.app.Terminal;
import io.proa.app.Terminal.Colour;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `name | line`, as compose prints it: one colour for each name, names as wide as the widest.
final class LogPrefix {
    private static final List<Colour> COLOURS =
            List.of(Colour.CYAN, Colour.YELLOW, Colour.GOOD, Colour.MAGENTA, Colour.BLUE);

    private final Terminal terminal;
    private final Map<String, Colour> colours = new HashMap<>();
    private int width;

    LogPrefix(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Makes room for these names.
    void expect(Collection<String> names) {
        names.forEach(name -> width = Math.max(width, name.length()));
    }

    String line(String name, String text) {
        width = Math.max(width, name.length());
        Colour colour =
                colours.computeIfAbsent(name, _ -> COLOURS.get(colours.size() % COLOURS.size()));
        String padded = name + " ".repeat(width - name.length()) + " |";
        return terminal.paint(colour, padded) + " " + text;
    }
}
