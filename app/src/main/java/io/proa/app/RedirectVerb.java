package io.proa.app;

import io.proa.host.RedirectCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `proa redirect`, as the list of verbs shows it; [Proa] hands the verb on before it gets here.
@Command(
        name = "redirect",
        description = {
            "Puts in, takes out or prints the redirect rules of the network namespace it is run in.",
            "proa redirect --help lists its flags."
        })
final class RedirectVerb implements Callable<Integer> {
    @Unmatched private final List<String> handedOn = new ArrayList<>();

    @Override
    public Integer call() {
        return RedirectCommand.run(handedOn.toArray(String[]::new), System.out, System.err);
    }
}
