package io.proa.app.demo;

import io.proa.app.Terminal;
import java.io.PrintStream;
import java.util.List;

/// Where the table is shown: on a terminal it is redrawn in place, so that the shell's history
/// stays as it was and the last table remains when the demo has ended; elsewhere its lines are
/// simply printed.
final class Screen {
    private static final String CLEAR_BELOW = "\033[J";
    // Lines longer than a window that was made narrower are cut, not wrapped: the cursor must find
    // its way back up.
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private final Terminal terminal;
    private final PrintStream out;
    private int drawn;

    Screen(Terminal terminal, PrintStream out) {
        this.terminal = terminal;
        this.out = out;
    }

    boolean live() {
        return terminal.live();
    }

    /// Shows `lines` in place of what was shown last.
    synchronized void show(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (terminal.live()) {
            text.append(NO_WRAP);
            if (drawn > 0) {
                text.append("\033[").append(drawn).append("A\r");
            }
            text.append(CLEAR_BELOW);
        }
        for (String line : lines) {
            text.append(line).append('\n');
        }
        if (terminal.live()) {
            text.append(WRAP);
        }
        drawn = lines.size();
        out.print(text);
        out.flush();
    }

    /// One line that stays, above what is redrawn.
    synchronized void say(String line) {
        if (terminal.live() && drawn > 0) {
            out.print("\033[" + drawn + "A\r" + CLEAR_BELOW);
        }
        out.println(line);
        drawn = 0;
        out.flush();
    }

    /// Leaves what was drawn last as it is.
    synchronized void leave() {
        drawn = 0;
    }
}
