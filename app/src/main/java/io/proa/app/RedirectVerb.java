package io.proa.app;

import io.proa.host.RedirectCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `proa redirect`, as the list of verbs shows it; [Proa] hands the verb on before it gets here.
@Command(name = "redirect", header = "Applies, removes or prints a pod's redirect rules.")
final class RedirectVerb implements Callable<Integer> {
    @Unmatched private final List<String> handedOn = new ArrayList<>();

    @Override
    public Integer call() {
        return RedirectCommand.run(handedOn.toArray(String[]::new), System.out, System.err);
    }
}
