package io.proa.proving.transparency;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How a [Player] is told what to do, and tells what it saw.
final class Telephone implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final ServerSocketChannel listener;
    private final Path path;
    private final Duration patience;
    private SocketChannel channel;
    private BufferedReader answers;
    private Writer orders;

    /// @param path where the player finds it
    /// @param patience how long an answer may take
    @SuppressWarnings("NullAway.Init") // [#await] comes before everything else
    Telephone(Path path, Duration patience) throws IOException {
        this.path = path;
        this.patience = patience;
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path));
    }

    Path path() {
        return path;
    }

    /// Waits for the player.
    void await() throws IOException {
        Thread impatient = impatient(listener, START);
        channel = listener.accept();
        impatient.interrupt();
        answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII));
        orders = Channels.newWriter(channel, StandardCharsets.US_ASCII);
    }

    private Thread impatient(AutoCloseable closed, Duration patience) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        Thread.sleep(patience);
                        closed.close();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt(); // It came.
                    } catch (Exception e) {
                        System.err.println(path + ": " + e.getMessage());
                    }
                });
    }

    /// @return what was seen, a list for each connection
    List<List<Event>> order(String line) throws IOException {
        Thread impatient = impatient(channel, patience);
        try {
            orders.write(line + "\n");
            orders.flush();
            List<List<Event>> lanes = new ArrayList<>();
            String answer = answers.readLine();
            while (answer != null && !answer.equals(".")) {
                if (answer.equals("lane")) {
                    lanes.add(new ArrayList<>());
                } else {
                    lanes.getLast().add(Event.decode(answer));
                }
                answer = answers.readLine();
            }
            if (answer == null) {
                throw new IOException("has ended");
            }
            return lanes;
        } catch (IOException e) {
            throw new IOException(
                    path.getFileName() + " does not answer '" + line + "': " + e.getMessage(), e);
        } finally {
            impatient.interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (channel != null) {
            channel.close();
        }
    }
}
