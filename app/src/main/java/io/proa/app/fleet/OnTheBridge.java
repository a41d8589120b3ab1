package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.host.FleetNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A command on a fleet's bridge, bounded in time.
final class OnTheBridge {
    private OnTheBridge() {}

    /// @return what it printed
    /// @throws Fault when it fails or takes longer than `patience`
    static String run(FleetNetwork hub, List<String> command, Duration patience) {
        try {
            Process process = hub.exec(command);
            process.getOutputStream().close();
            FutureTask<String> output =
                    new FutureTask<>(() ->
                            new String(
                                    process.getInputStream().readAllBytes(),
                                    StandardCharsets.UTF_8));
            Thread.ofVirtual().start(output);
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)
                    && process.exitValue() == 0) {
                return output.get();
            }
            process.destroyForcibly();
            throw Fault.of(
                    Sysexit.SOFTWARE,
                    command.getFirst()
                            + " on the bridge did not end well within "
                            + patience.toSeconds()
                            + " s",
                    "");
        } catch (IOException | ExecutionException e) {
            throw Fault.of(
                    Sysexit.OS,
                    "cannot run " + command.getFirst() + " on the bridge: " + e.getMessage(),
                    "");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Fault.of(Sysexit.OS, "interrupted", "");
        }
    }
}
