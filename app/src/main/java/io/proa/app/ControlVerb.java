package io.proa.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `proa control`: the control plane of one fleet, in a process of its own.
@Command(
        name = "control",
        description = {
            "Runs the control plane: reads a fleet's documents, gives each sidecar its snapshot and its identity.",
            "proa control --help lists its flags."
        })
final class ControlVerb implements Callable<Integer> {
    @Unmatched private final List<String> handedOn = new ArrayList<>();

    /// [Proa] comes here directly, so that the control plane starts without the command line's own reading.
    static int handOn(String[] args, PrintStream out, PrintStream err) {
        err.println("control " + List.of(args) + out);
        return Sysexit.UNAVAILABLE.code();
    }

    @Override
    public Integer call() {
        return handOn(handedOn.toArray(String[]::new), System.out, System.err);
    }
}
