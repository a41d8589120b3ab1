package io.proa.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Where the table is shown: on a terminal it is redrawn in place, so that the shell's history
/// stays as it was and the last table remains when the demo has ended; elsewhere its lines are
/// simply printed.
public final class Screen {
    private static final String CLEAR_BELOW = "\033[J";
    // Lines longer than a window that was made narrower are cut, not wrapped: the cursor must find
    // its way back up.
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private final Terminal terminal;
    private final PrintStream out;
    private int drawn;

    public Screen(Terminal terminal, PrintStream out) {
        this.terminal = terminal;
        this.out = out;
    }

    public boolean live() {
        return terminal.live();
    }

    /// Whether what was printed could not be written: the reader has gone.
    public boolean isGone() {
        return out.checkError();
    }

    /// Shows `lines` in place of what was shown last.
    public synchronized void show(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (terminal.live()) {
            text.append(NO_WRAP);
            if (drawn > 0) {
                text.append("\033[").append(drawn).append("A\r");
            }
            text.append(CLEAR_BELOW);
        }
        List<String> fitting = terminal.live() ? fitting(lines) : lines;
        for (String line : fitting) {
            text.append(line).append('\n');
        }
        if (terminal.live()) {
            text.append(WRAP);
        }
        drawn = fitting.size();
        out.print(text);
        out.flush();
    }

    /// Long lines go on in the next one, so that a command in them can be copied; what is below the
    /// window's last row is left out, for the cursor could not come back from there.
    private List<String> fitting(List<String> lines) {
        List<String> fitting = new ArrayList<>();
        for (String line : lines) {
            String rest = line;
            int end = breakAt(rest);
            while (end > 0) {
                fitting.add(rest.substring(0, end));
                rest = "    " + rest.substring(end + 1);
                end = breakAt(rest);
            }
            fitting.add(rest);
        }
        return fitting.size() < terminal.rows() ? fitting : fitting.subList(0, terminal.rows() - 1);
    }

    /// The last blank behind its first word at which `line` can be broken; -1 when it fits or
    /// cannot.
    private int breakAt(String line) {
        int shown = 0;
        int blank = -1;
        boolean word = false;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '\033') {
                i = line.indexOf('m', i);
                continue;
            }
            if (line.charAt(i) != ' ') {
                word = true;
            } else if (word && shown <= terminal.columns()) {
                blank = i;
            }
            shown++;
        }
        return shown > terminal.columns() ? blank : -1;
    }

    /// One line that stays, above what is redrawn.
    public synchronized void say(String line) {
        if (terminal.live() && drawn > 0) {
            out.print("\033[" + drawn + "A\r" + CLEAR_BELOW);
        }
        out.println(line);
        drawn = 0;
        out.flush();
    }

    /// Leaves what was drawn last as it is.
    public synchronized void leave() {
        drawn = 0;
    }
}
