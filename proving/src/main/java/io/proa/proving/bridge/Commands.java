package io.proa.proving.bridge;

import io.proa.host.FleetNetwork;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Commands run somewhere, with all that they say.
final class Commands {
    /// Where a command runs.
    @FunctionalInterface
    interface Place {
        Process exec(List<String> command) throws IOException;
    }

    /// @param output standard output and standard error
    record Ended(int code, String output) {}

    private Commands() {}

    static Place hub(FleetNetwork network) {
        return network::exec;
    }

    /// Gives `input`, keeps standard input open until the command ends by itself or `patience` is
    /// over, then kills it.
    static Ended talk(Place place, List<String> command, String input, Duration patience)
            throws IOException, InterruptedException {
        return run(place, command, input, true, patience);
    }

    /// Gives `input` and its end.
    static Ended run(Place place, List<String> command, String input, Duration patience)
            throws IOException, InterruptedException {
        return run(place, command, input, false, patience);
    }

    private static Ended run(
            Place place, List<String> command, String input, boolean keepOpen, Duration patience)
            throws IOException, InterruptedException {
        List<String> both = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 2>&1", "sh"));
        both.addAll(command);
        Process process = place.exec(both);
        FutureTask<String> output =
                new FutureTask<>(() ->
                        new String(
                                process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(output);
        OutputStream in = process.getOutputStream();
        try {
            in.write(input.getBytes(StandardCharsets.UTF_8));
            in.flush();
            if (!keepOpen) {
                in.close();
            }
        } catch (IOException _) {
            // It ended without wanting to hear it all.
        }
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        try {
            String said = output.get();
            hangUp(in);
            return new Ended(process.exitValue(), said);
        } catch (ExecutionException e) {
            throw new IOException(e);
        } catch (IllegalThreadStateException e) {
            throw new IOException(command.getFirst() + " does not end", e);
        }
    }

    /// What it has not read is of no use to anybody.
    private static void hangUp(OutputStream in) {
        try {
            in.close();
        } catch (IOException _) {
            // It has ended.
        }
    }
}
