package io.proa.proving.identical;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Tells a caller's program what to call and hears what came back, by two named pipes: not over the
/// network, which is what is being looked at.
final class CallerProgram implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final String name;
    private final RandomAccessFile calls;
    private final RandomAccessFile results;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private CallerProgram(String name, Path callsPipe, Path resultsPipe) throws IOException {
        this.name = name;
        // Opened for both ways, a pipe neither keeps its opener waiting nor ends before its time.
        this.calls = new RandomAccessFile(callsPipe.toFile(), "rw");
        this.results = new RandomAccessFile(resultsPipe.toFile(), "rw");
    }

    static CallerProgram listen(String name, Path callsPipe, Path resultsPipe)
            throws IOException, InterruptedException {
        Process made =
                new ProcessBuilder(
                                "mkfifo", "-m", "600", callsPipe.toString(), resultsPipe.toString())
                        .inheritIO()
                        .start();
        if (made.waitFor() != 0) {
            throw new IOException("mkfifo " + callsPipe + " " + resultsPipe + " failed");
        }
        CallerProgram program = new CallerProgram(name, callsPipe, resultsPipe);
        Thread.ofPlatform().daemon().name("hears " + name).start(program::hear);
        return program;
    }

    private void hear() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new FileInputStream(results.getFD()), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.add(line);
            }
        } catch (IOException _) {
            // Closed: nobody waits any more.
        }
    }

    /// Has one call made.
    ///
    /// @param line `METHOD URL SIZE HOW`
    /// @return what came back
    Outcome.Answer call(String line) throws IOException, InterruptedException {
        calls.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        String answer = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IOException(
                    name + " said nothing within " + PATIENCE_SECONDS + " s about: " + line);
        }
        return Outcome.Answer.parse(answer);
    }

    @Override
    public void close() throws IOException {
        calls.close();
        // The reader's own call holds the other one: it ends with the process.
    }
}
