package io.proa.app.fleet;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks a sidecar by its admin Unix socket, or a launcher by its own: one request per connection,
/// bounded in time and size.
public final class AdminClient {
    private static final int MOST_BYTES = 8 << 20;

    /// What was answered.
    public record Answer(int status, String body) {}

    private AdminClient() {}

    /// @throws IOException when nobody listens, the answer is no HTTP, or it takes longer than
    ///   `patience`
    public static Answer get(Path socket, String path, Duration patience) throws IOException {
        return send(socket, path, head("GET", path) + "\r\n", patience);
    }

    /// The same with a body of JSON.
    public static Answer post(Path socket, String path, String json, Duration patience)
            throws IOException {
        String request =
                head("POST", path)
                        + "Content-Type: application/json\r\nContent-Length: "
                        + json.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n\r\n"
                        + json;
        return send(socket, path, request, patience);
    }

    private static String head(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    }

    private static Answer send(Path socket, String path, String request, Duration patience)
            throws IOException {
        FutureTask<Answer> task = new FutureTask<>(() -> exchange(socket, path, request));
        Thread.ofVirtual().name("admin " + path).start(task);
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException _) {
            task.cancel(true);
            throw new IOException(
                    socket + path + ": no answer within " + patience.toMillis() + " ms");
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + socket + path, e);
        } catch (CancellationException e) {
            throw new IOException(e);
        }
    }

    private static Answer exchange(Path socket, String path, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteBuffer in = ByteBuffer.allocate(16 * 1024);
            while (channel.read(in) >= 0) {
                if (!in.hasRemaining()) {
                    if (in.capacity() >= MOST_BYTES) {
                        throw new IOException(
                                socket + path + ": answer is longer than " + MOST_BYTES + " bytes");
                    }
                    in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
                }
            }
            return parse(new String(in.array(), 0, in.position(), StandardCharsets.UTF_8));
        }
    }

    /// The answer ends with its connection, so its length needs no reading.
    static Answer parse(String text) throws IOException {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.") || text.length() < 12) {
            throw new IOException(
                    "'" + text.lines().findFirst().orElse("") + "': expected an HTTP/1 answer");
        }
        try {
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
        } catch (NumberFormatException e) {
            throw new IOException(
                    "'" + text.substring(0, 12) + "': expected a status of three digits", e);
        }
    }
}
