package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Screen;
import io.proa.app.Terminal;
import io.proa.app.Terminal.Colour;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.Teardown;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// What `proa up` says in the foreground. On a terminal: the programs' lines as they come, and
/// below them a table of the pods that is drawn anew; elsewhere lines only. What the programs write
/// goes to standard output, all else to standard error or the terminal.
final class UpStory implements Progress {
    private final Terminal terminal;
    private final Screen screen;
    private final PrintStream err;
    private final LogPrefix prefix;
    private final int stepsInAll;
    private final long begun = System.nanoTime();
    private final AtomicInteger steps = new AtomicInteger();
    private volatile boolean ending;

    UpStory(FleetPlan plan, Terminal terminal, PrintStream out, PrintStream err) {
        this.terminal = terminal;
        this.screen = new Screen(terminal, out);
        this.err = err;
        this.prefix = new LogPrefix(terminal);
        int pods = 0;
        for (FleetPlan.Service service : plan.services()) {
            pods += service.pods().size();
            prefix.expect(service.pods().stream().map(FleetPlan.PodPlan::name).toList());
        }
        if (!plan.mode().caution().isEmpty()) {
            say("proa: " + plan.mode().caution());
        }
        this.stepsInAll = 1 + 2 * pods; // the control plane; a sidecar and a program in each pod
    }

    @Override
    public void step(String done) {
        int number = steps.incrementAndGet();
        if (ending) {
            return;
        }
        if (terminal.live()) {
            String line = "starting (%d of %d): %s".formatted(number, stepsInAll, done);
            screen.show(List.of(terminal.paint(Colour.DIM, line)));
        } else {
            err.println("proa: started " + done);
        }
    }

    @Override
    public void news(String sentence) {
        if (!ending) {
            say("proa: " + sentence);
        }
    }

    private void say(String line) {
        if (terminal.live()) {
            screen.say(terminal.paint(Colour.DIM, line));
        } else {
            err.println(line);
        }
    }

    void started(List<String> published) {
        say("proa: all is running after %.1f s".formatted((System.nanoTime() - begun) / 1e9));
        published.forEach(this::say);
    }

    /// One line that a program wrote.
    void wrote(String pod, String line) {
        screen.say(prefix.line(pod, line));
    }

    /// @param table as `proa ps` prints it
    /// @return false when nobody can see it any more
    boolean show(List<String> table) {
        if (terminal.live() && !ending) {
            List<String> lines = new ArrayList<>();
            lines.add("");
            for (String line : table) {
                lines.add(terminal.paint(Colour.DIM, cut(line)));
            }
            lines.add(terminal.paint(Colour.DIM, cut("Ctrl-C ends it all")));
            int most = Math.max(3, terminal.rows() / 2);
            screen.show(lines.size() <= most ? lines : lines.subList(0, most));
        }
        return !screen.isGone();
    }

    private String cut(String line) {
        return line.length() < terminal.columns()
                ? line
                : line.substring(0, terminal.columns() - 1);
    }

    void ending(String why) {
        if (!ending) {
            ending = true;
            screen.leave();
            err.println((terminal.live() ? "\n" : "") + "proa: " + why + "ending all of it");
        }
    }

    /// A start that failed: why, and that it is undone.
    void failed(Fault fault, Teardown teardown) {
        ending = true;
        screen.leave();
        teardown.close();
        fault.print(err);
        if (steps.get() > 0 && teardown.failures().isEmpty()) {
            err.println("  what had been started was ended again; nothing is left behind");
        }
    }

    void ended(List<String> failures) {
        failures.forEach(failure -> err.println("proa: could not be undone: " + failure));
        if (failures.isEmpty()) {
            err.println("proa: nothing is left behind");
        }
    }
}
