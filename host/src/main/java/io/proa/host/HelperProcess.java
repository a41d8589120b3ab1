package io.proa.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A child process that is spoken to by lines, never without a deadline.
///
/// It must end by itself when its input ends. Standard error, where it is a pipe, is kept for
/// messages.
final class HelperProcess implements AutoCloseable {
    private static final int KEPT_ERROR_LINES = 20;
    // Larger than what a process' orderly end takes (see pod-init.sh), smaller than patience.
    private static final Duration END = Duration.ofSeconds(4);

    // Of a thread that reads lines, in bytes.
    private static final long READER_STACK = 128 * 1024;

    private final Process process;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /// One line of output, or its end.
    private sealed interface Line {
        record Text(String text) implements Line {}

        record End() implements Line {}
    }

    private HelperProcess(Process process) {
        this.process = process;
    }

    /// @throws IOException with one sentence where the program is missing
    static HelperProcess start(ProcessBuilder builder) throws IOException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException(
                    builder.command().getFirst()
                            + ": cannot be started; it belongs to util-linux or the JDK ("
                            + e.getMessage()
                            + ")",
                    e);
        }
        HelperProcess helper = new HelperProcess(process);
        read(() -> helper.collect(process.getInputStream()));
        read(() -> helper.keep(process.getErrorStream()));
        return helper;
    }

    Process process() {
        return process;
    }

    /// Not virtual: who waits for a pipe keeps its carrier, and with two of them for each process
    /// there may be none left for anybody else.
    private static void read(Runnable reader) {
        Thread.ofPlatform().daemon().name("helper output").stackSize(READER_STACK).start(reader);
    }

    /// Sends one line.
    void tell(String line) throws IOException {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + '\n').getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new IOException("the helper process has ended: " + complaints(), e);
        }
    }

    /// The next line of output.
    ///
    /// @throws IOException where the process ends or the deadline passes first
    String next(Duration patience) throws IOException {
        try {
            return switch (lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                case Line.Text(String text) -> text;
                case Line.End() -> throw new IOException(ended());
                case null ->
                        throw new IOException(
                                "no answer within " + patience.toSeconds() + " s " + complaints());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// What it wrote to standard error lately, in one line.
    String complaints() {
        return String.join("; ", complaints);
    }

    private String ended() throws InterruptedException {
        boolean gone = process.waitFor(1, TimeUnit.SECONDS);
        // The error stream's reader may be a moment behind.
        for (int i = 0; i < 20 && complaints.isEmpty(); i++) {
            Thread.sleep(5);
        }
        String code = gone ? " with code " + process.exitValue() : "";
        return "ended" + code + (complaints.isEmpty() ? "" : ": " + complaints());
    }

    private void collect(InputStream output) {
        try (BufferedReader reader = reader(output)) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(new Line.Text(line));
            }
        } catch (IOException _) {
            // the same as its end
        }
        lines.add(new Line.End());
    }

    private void keep(InputStream errors) {
        try (BufferedReader reader = reader(errors)) {
            String line;
            while ((line = reader.readLine()) != null) {
                if (complaints.size() < KEPT_ERROR_LINES) {
                    complaints.add(line);
                }
            }
        } catch (IOException _) {
            // nothing more to keep
        }
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /// Ends its input, waits for it, and kills it where that does not help.
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /// The same, for one that may take `longer` than others to end.
    void close(Duration longer) {
        try {
            process.getOutputStream().close();
        } catch (IOException _) {
            // it has ended already
        }
        try {
            if (!process.waitFor(END.plus(longer).toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
