package io.proa.proving.bridge;

import io.proa.host.FleetNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Records the bridge from before there is a pod: `record.py` in the fleet's hub, into a file.
final class Recorder {
    private static final String BRIDGE = "proa0";
    private static final int PATIENCE_SECONDS = 20;

    private final Process process;
    private final BufferedReader news;
    private final Thread copying;

    private Recorder(Process process, BufferedReader news, Thread copying) {
        this.process = process;
        this.news = news;
        this.copying = copying;
    }

    /// What a whole record consists of.
    ///
    /// @param lost frames that the kernel had no room for
    record Count(long frames, long lost) {}

    /// Records when this returns.
    static Recorder start(FleetNetwork network, Path file) throws IOException {
        Process process = network.exec(List.of("python3", "-c", script("record.py"), BRIDGE));
        BufferedReader news = process.errorReader(StandardCharsets.UTF_8);
        String word = news.readLine();
        if (!"ready".equals(word)) {
            process.destroyForcibly();
            throw new IOException("the recorder said '" + word + "', expected 'ready'");
        }
        Thread copying =
                Thread.ofVirtual()
                        .name("capture")
                        .start(() -> copy(process.getInputStream(), file));
        return new Recorder(process, news, copying);
    }

    private static void copy(InputStream from, Path to) {
        try (from) {
            Files.copy(from, to);
        } catch (IOException e) {
            System.err.println("the capture is broken off: " + e);
        }
    }

    /// Ends the record, which holds everything that was sent before.
    Count stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!copying.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
            process.destroyForcibly();
            throw new IOException("the recorder does not end");
        }
        String last = String.valueOf(news.readLine());
        String[] words = last.split(" ", -1);
        if (words.length != 4 || !process.waitFor(1, TimeUnit.SECONDS)) {
            throw new IOException("the recorder said '" + last + "'");
        }
        return new Count(Long.parseLong(words[1]), Long.parseLong(words[3]));
    }

    /// A program of this folder's resources.
    static String script(String name) throws IOException {
        try (InputStream text = Recorder.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IOException(name + " is missing");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
