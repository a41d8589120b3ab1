package io.proa.proving.attack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Who runs a recipe: makes its connections, counts what it sends and ends it when it has sent
/// enough. Recipes may use several threads.
final class Attacker implements AutoCloseable {
    /// What the attacker has seen in the end.
    ///
    /// @param ended connections that the other side ended before the attacker did
    /// @param how the commonest of its last words
    /// @param seconds until the first of them ended; of the whole where none did
    record Seen(long frames, long bytes, int connections, int ended, String how, double seconds) {}

    private final Doors doors;
    private final Attack.Bounds bounds;
    private final long began = System.nanoTime();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong firstEnd = new AtomicLong();
    private final AtomicInteger ended = new AtomicInteger();
    private final Map<String, Integer> words = new ConcurrentHashMap<>();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private volatile @Nullable Asked asked;
    private volatile boolean closed;

    Attacker(Doors doors, Attack.Bounds bounds) {
        this.doors = doors;
        this.bounds = bounds;
        // What waits in a write, or in a read, is woken when the time is over.
        Thread.ofVirtual()
                .start(() -> {
                    pause(bounds.seconds() * 1000L);
                    close();
                });
    }

    Doors doors() {
        return doors;
    }

    private Socket socket(int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(Doors.LOOPBACK, port), 5000);
        return socket;
    }

    private <L extends Line> L kept(L line) {
        lines.add(line);
        if (closed) {
            line.close();
        }
        return line;
    }

    /// A connection of HTTP/2 whose preface and settings have been sent.
    ///
    /// @param settings numbers and values
    Http2Line http2(int port, int... settings) throws IOException {
        Http2Line line = kept(new Http2Line(this, socket(port, 0)));
        line.greet(settings);
        line.listen();
        return line;
    }

    /// One that is never read from.
    Http2Line deafHttp2(int port, int... settings) throws IOException {
        Http2Line line = kept(new Http2Line(this, socket(port, 4096)));
        line.greet(settings);
        return line;
    }

    Http1Line http1(int port) throws IOException {
        Http1Line line = kept(new Http1Line(this, socket(port, 0)));
        line.listen();
        return line;
    }

    /// One that is never read from.
    Http1Line deafHttp1(int port) throws IOException {
        return kept(new Http1Line(this, socket(port, 4096)));
    }

    /// Whether `line` stands and more may be sent.
    boolean goesOn(Line line) {
        return !line.isEnded() && goesOn();
    }

    boolean goesOn() {
        return !closed && frames.get() < bounds.frames() && bytes.get() < bounds.bytes();
    }

    void sends(int n) throws IOException {
        if (closed) {
            throw new IOException("the time is over");
        }
        bytes.addAndGet(n);
    }

    void sendsFrame() {
        frames.incrementAndGet();
    }

    void ended(Line line, String how) {
        if (!closed) {
            firstEnd.compareAndSet(0, System.nanoTime());
            ended.incrementAndGet();
            words.merge(how, 1, Integer::sum);
        }
    }

    /// Waits until the other side has ended all connections, or the time is over.
    void await() {
        while (!closed && !lines.stream().allMatch(Line::isEnded)) {
            pause(10);
        }
    }

    /// The same, for so long at the most.
    void await(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!closed && System.nanoTime() < end && !lines.stream().allMatch(Line::isEnded)) {
            pause(10);
        }
    }

    /// What became of requests to a hostile upstream, in place of connections.
    ///
    /// @param whole answers of the upstream that were passed on as if they were good
    void asked(int requests, int answered, int whole) {
        asked = new Asked(requests, answered, whole);
    }

    private record Asked(int requests, int answered, int whole) {}

    void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    Seen seen() {
        String how =
                words.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .orElse("");
        Asked requests = asked;
        if (requests != null) {
            double seconds = (System.nanoTime() - began) / 1e9;
            String words = requests.whole() > 0 ? requests.whole() + " PASSED ON" : "refused";
            long played = doors.upstream().frames.get();
            return new Seen(
                    played, bytes.get(), requests.requests(), requests.answered(), words, seconds);
        }
        long end = firstEnd.get() == 0 ? System.nanoTime() : firstEnd.get();
        return new Seen(
                frames.get(), bytes.get(), lines.size(), ended.get(), how, (end - began) / 1e9);
    }

    @Override
    public void close() {
        closed = true;
        lines.forEach(Line::close);
    }
}
