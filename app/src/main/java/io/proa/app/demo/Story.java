package io.proa.app.demo;

import io.proa.app.Fault;
import io.proa.app.OutputFormat;
import io.proa.app.Screen;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.Terminal.Colour;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.Teardown;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What the demo says, to a person or to a program. Standard output carries the table or the one
/// JSON object; everything on the way there goes to standard error.
final class Story implements Progress {
    private static final int LOOKS_PER_PLAIN_TABLE = 10;

    private final Stage stage;
    private final DemoSettings settings;
    private final Terminal terminal;
    private final Screen screen;
    private final PrintStream err;
    private final EdgeTable table;
    private final long begun = System.nanoTime();
    private List<String> hints = List.of();
    private int looks;
    private PlaintextProbe.@Nullable Tally strangers;
    private volatile boolean ending;
    private final AtomicInteger steps = new AtomicInteger();

    Story(Stage stage, DemoSettings settings, Terminal terminal, PrintStream out, PrintStream err) {
        this.stage = stage;
        this.settings = settings;
        this.terminal = terminal;
        this.screen = new Screen(terminal, out);
        this.err = err;
        Map<String, String> titles = new LinkedHashMap<>();
        stage.plan().services().forEach(service -> titles.put(service.name(), ""));
        stage.cast()
                .languages()
                .forEach((service, language) -> titles.put(service, Cast.title(language)));
        this.table = new EdgeTable(terminal, titles);
    }

    @Override
    public void step(String done) {
        int number = steps.incrementAndGet();
        if (ending) {
            return;
        }
        if (drawing()) {
            screen.show(
                    List.of(
                            terminal.paint(
                                    Colour.DIM,
                                    "starting (%d of %d): %s"
                                            .formatted(number, stepsInAll(), done))));
        } else if (settings.output() == OutputFormat.text) {
            err.println("proa: started " + done);
        }
    }

    /// Control plane, and in each pod a sidecar and an application.
    private int stepsInAll() {
        return 1
                + 2
                        * stage.plan().services().stream()
                                .mapToInt(service -> service.pods().size())
                                .sum();
    }

    @Override
    public void news(String sentence) {
        if (ending) {
            return;
        }
        if (drawing()) {
            screen.say(terminal.paint(Colour.DIM, sentence));
        } else {
            err.println("proa: " + sentence);
        }
    }

    private boolean drawing() {
        return terminal.live() && settings.output() == OutputFormat.text;
    }

    void started(FleetRunner fleet) {
        if (!drawing()) {
            err.println(
                    "proa: all is running after %.1f s"
                            .formatted((System.nanoTime() - begun) / 1e9));
        }
        hints = Hints.of(stage, fleet.pods());
        if (!drawing() && settings.output() == OutputFormat.text && !settings.once()) {
            err.println("proa: the front page is at " + stage.front().url());
            hints.forEach(err::println);
        }
    }

    void strangers(PlaintextProbe.Tally tally) {
        strangers = tally;
    }

    /// The live view: drawn in place of the one before, or now and then as plain lines.
    ///
    /// @return false when nobody can see it any more
    boolean live(Watch watch, SteadyLoad load) {
        if (drawing()) {
            screen.show(picture(watch, load));
        } else if (looks++ % LOOKS_PER_PLAIN_TABLE == 0) {
            screen.show(edges(watch.lately()));
        }
        return !screen.isGone();
    }

    private List<String> picture(Watch watch, SteadyLoad load) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title());
        lines.add("");
        lines.addAll(edges(watch.lately()));
        lines.add("");
        lines.addAll(table.legend());
        lines.add("");
        if (settings.load() > 0) {
            lines.add(
                    "Asked from outside: %d requests, %d failed (%d a second)"
                            .formatted(
                                    load.answered() + load.failed(),
                                    load.failed(),
                                    settings.load()));
        }
        PlaintextProbe.Tally tally = strangers;
        if (tally != null) {
            lines.add(
                    "Strangers without TLS: %d tried, %d were refused"
                            .formatted(tally.tried(), tally.refused()));
        }
        lines.add("Sidecars: " + sidecars(watch));
        lines.add("");
        lines.add(
                "Front page "
                        + terminal.paint(Colour.BOLD, stage.front().url())
                        + "   (Ctrl-C ends it all)");
        lines.addAll(hints);
        return lines;
    }

    private String title() {
        List<String> parts = new ArrayList<>();
        for (FleetPlan.Service service : stage.plan().services().reversed()) {
            String language = stage.cast().languages().get(service.name());
            parts.add(
                    language == null
                            ? service.name()
                            : service.name() + " (" + Cast.title(language) + ")");
        }
        long seconds = (System.nanoTime() - begun) / 1_000_000_000L;
        return terminal.paint(Colour.BOLD, "Proa demo")
                + " %d:%02d  ".formatted(seconds / 60, seconds % 60)
                + String.join(", ", parts);
    }

    private List<String> edges(List<EdgeTable.Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(table.header());
        rows.forEach(row -> lines.add(table.line(row)));
        return lines;
    }

    private static String sidecars(Watch watch) {
        double largest = 0;
        double cpu = 0;
        long slowest = 0;
        int count = 0;
        for (DemoReport.SidecarFacts facts : watch.facts().values()) {
            largest = Math.max(largest, facts.rssMb());
            cpu += facts.cpuMicrosPerRequest();
            slowest = Math.max(slowest, facts.readyMs());
            count++;
        }
        return "%d, each at most %.0f MB, %.0f us of CPU per request, ready within %d ms"
                .formatted(count, largest, count == 0 ? 0 : cpu / count, slowest);
    }

    /// What `--once` prints at its end.
    Sysexit report(Watch watch, PlaintextProbe.Tally tally) {
        DemoReport report =
                new DemoReport(
                        List.copyOf(new LinkedHashSet<>(stage.cast().languages().values())),
                        stage.plan().services().reversed().stream()
                                .map(service -> service.name())
                                .toList(),
                        watch.edges(),
                        tally.tried(),
                        tally.refused(),
                        List.copyOf(watch.facts().values()));
        List<String> lines = new ArrayList<>();
        if (settings.output() == OutputFormat.json) {
            lines.add(report.json());
        } else {
            lines.addAll(edges(watch.rows()));
            lines.add("");
            lines.addAll(table.legend());
            lines.add(
                    "Strangers without TLS: %d tried, %d were refused"
                            .formatted(tally.tried(), tally.refused()));
            lines.add("Sidecars: " + sidecars(watch));
            lines.add(
                    report.ok()
                            ? terminal.paint(Colour.GOOD, "ok")
                            : terminal.paint(Colour.BAD, "not ok"));
        }
        screen.show(lines);
        report.shortcomings().forEach(sentence -> err.println("proa: " + sentence));
        tally.notRefused().forEach(line -> err.println("proa: " + line));
        return report.ok() ? Sysexit.OK : Sysexit.NOT_OK;
    }

    void ending() {
        ending = true;
        screen.leave();
        err.println(
                (drawing() ? "\n" : "")
                        + (screen.isGone()
                                ? "proa: nobody reads standard output any more; "
                                : "proa: ")
                        + "ending all of it");
    }

    /// A start that failed: why, and that it is undone.
    void ended(Fault fault, Teardown teardown) {
        ending = true;
        screen.leave();
        boolean begun = steps.get() > 0;
        teardown.close();
        fault.print(err);
        if (begun && teardown.failures().isEmpty()) {
            err.println("  what had been started was ended again; nothing is left behind");
        }
    }

    void ended(List<String> failures) {
        if (failures.isEmpty()) {
            err.println("proa: nothing is left behind");
        }
    }
}
