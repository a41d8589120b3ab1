package io.proa.app;

import io.proa.sidecar.SidecarMain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `proa sidecar`: a pointer only. The start script runs a sidecar with flags and a class path of
/// its own, so that the process beside each application carries nothing of the command line.
@Command(name = "sidecar", header = "Runs one sidecar, in this network namespace.")
final class SidecarVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Unmatched private final List<String> handedOn = new ArrayList<>();

    @Override
    public Integer call() {
        if (handedOn.contains("--help") || handedOn.contains("-h")) {
            spec.commandLine().getOut().print(SidecarMain.help());
            spec.commandLine().getOut().flush();
            return Sysexit.OK.code();
        }
        throw Fault.of(
                Sysexit.USAGE,
                "a sidecar is not run by this process (seen: sidecar "
                        + String.join(" ", handedOn)
                        + ")",
                "start it with bin/proa-sidecar, or with ./proa sidecar, which does that");
    }
}
