package io.proa.app;

import java.io.PrintStream;
import java.util.List;

/// Why a command ended without doing its work, as its user reads it: what was seen, what was
/// expected, what to do next.
///
/// Thrown by the command line and what it starts, caught once at the top; never printed with a
/// stack trace.
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// More than this nobody reads at once.
    private static final int MOST_SHOWN = 20;

    private final Sysexit exit;
    private final List<String> problems;
    private final String next;

    public Fault(Sysexit exit, List<String> problems, String next) {
        super(String.join("\n", problems));
        this.exit = exit;
        this.problems = List.copyOf(problems);
        this.next = next;
    }

    /// One problem: `seen` says what was seen and what was expected, `next` the next step (may be
    /// empty).
    public static Fault of(Sysexit exit, String seen, String next) {
        return new Fault(exit, List.of(seen), next);
    }

    public Sysexit exit() {
        return exit;
    }

    public List<String> problems() {
        return problems;
    }

    public String next() {
        return next;
    }

    public void print(PrintStream err) {
        for (String problem : problems.subList(0, Math.min(problems.size(), MOST_SHOWN))) {
            err.println("proa: " + problem);
        }
        if (problems.size() > MOST_SHOWN) {
            err.println("proa: and " + (problems.size() - MOST_SHOWN) + " more problems");
        }
        if (!next.isEmpty()) {
            err.println("  next: " + next);
        }
    }
}
