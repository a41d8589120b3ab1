package io.proa.app;

import io.proa.host.RedirectCommand;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `proa redirect`: the rules that lead a network namespace's connections to its sidecar.
@Command(
        name = "redirect",
        description = {
            "Puts in, takes out or prints the redirect rules of the network namespace it is run in.",
            "proa redirect --help lists its flags."
        })
final class RedirectVerb implements Callable<Integer> {
    @Unmatched private final List<String> handedOn = new ArrayList<>();

    /// [Proa] comes here directly: this step is part of each pod's start and should be short.
    static int handOn(String[] args, PrintStream out, PrintStream err) {
        return RedirectCommand.run(args, out, err);
    }

    @Override
    public Integer call() {
        return handOn(handedOn.toArray(String[]::new), System.out, System.err);
    }
}
