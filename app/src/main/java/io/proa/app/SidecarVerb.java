package io.proa.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `proa sidecar`: a pointer only. The start script runs a sidecar with flags and a class path of
/// its own, so that the process beside each application carries nothing of the command line.
@Command(
        name = "sidecar",
        description = {
            "Runs one sidecar in the network namespace it is started in.",
            "The start scripts (./proa and bin/proa) hand this verb to bin/proa-sidecar before the command line starts; the identity token is read from stdin."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa sidecar --control /run/proa/demo/control.sock --pod orders-1 --state /run/proa/demo/pods/orders-1/state \\",
            "               --admin-socket /run/proa/demo/pods/orders-1/admin.sock <token"
        })
final class SidecarVerb implements Callable<Integer> {
    @Unmatched private final List<String> handedOn = new ArrayList<>();

    @Override
    public Integer call() {
        throw Fault.of(
                Sysexit.USAGE,
                "a sidecar is not run by this process (seen: sidecar "
                        + String.join(" ", handedOn)
                        + ")",
                "start it with bin/proa-sidecar, or with ./proa sidecar, which does that");
    }
}
