package io.proa.proving.attack;

import io.proa.proving.framing.Http2Frames;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/// Two well-behaved clients, one of HTTP/1.1 and one of HTTP/2, on a connection each: a request
/// every ten milliseconds, timed from when it was due.
final class Neighbours implements AutoCloseable {
    private static final long PERIOD_NANOS = 10_000_000;
    private static final int MOST_SAMPLES = 100_000;
    private static final int MOST_SHOWN = 300;
    private static final int PATIENCE_MILLIS = 5000;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: o\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final long[] nanos = new long[MOST_SAMPLES];
    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile String lastFailure = "";
    private volatile boolean over;

    /// @param http2 whether the candidate speaks it at this port
    Neighbours(int port, boolean http2) {
        this.port = port;
        Thread.ofPlatform().daemon().start(() -> call(this::http1));
        if (http2) {
            Thread.ofPlatform().daemon().start(() -> call(this::http2));
        }
    }

    /// What they have seen since the last call.
    ///
    /// @param p99Millis of the requests that were answered
    /// @param lastFailure what was wrong with the last that was not, where one was not
    record Seen(int requests, int failures, double p99Millis, String lastFailure) {}

    synchronized Seen take() {
        int n = Math.min(MOST_SAMPLES, samples.getAndSet(0));
        long[] sorted = Arrays.copyOf(nanos, n);
        Arrays.sort(sorted);
        double p99 = n == 0 ? 0 : sorted[Math.min(n - 1, n * 99 / 100)] / 1e6;
        return new Seen(n, failures.getAndSet(0), p99, lastFailure);
    }

    @FunctionalInterface
    private interface Calling {
        void on(Socket socket) throws IOException, InterruptedException;
    }

    /// Connects again when its connection is gone.
    private void call(Calling how) {
        while (!over) {
            try (Socket socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(new InetSocketAddress(Doors.LOOPBACK, port), PATIENCE_MILLIS);
                how.on(socket);
            } catch (IOException e) {
                failures.incrementAndGet();
                lastFailure = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private long awaitTurn(long due) throws InterruptedException {
        long wait = due - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
        return due;
    }

    private void answered(long due) {
        synchronized (this) {
            int i = samples.getAndIncrement();
            if (i < MOST_SAMPLES) {
                nanos[i] = System.nanoTime() - due;
            }
        }
    }

    private void http1(Socket socket) throws IOException, InterruptedException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[4096];
        for (long due = System.nanoTime(); !over; due += PERIOD_NANOS) {
            awaitTurn(due);
            socket.getOutputStream().write(REQUEST);
            StringBuilder got = new StringBuilder();
            while (got.indexOf("hello") < 0) {
                int n = in.read(buffer);
                if (n < 0) {
                    throw new EOFException();
                }
                got.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                if (!got.toString().startsWith("HTTP/1.1 200".substring(0, Math.min(12, n)))) {
                    throw new IOException("not answered by the origin: " + shown(got));
                }
            }
            answered(due);
        }
    }

    private static String shown(CharSequence answer) {
        String line = answer.toString().replace("\r\n", " | ");
        return line.substring(0, Math.min(MOST_SHOWN, line.length()));
    }

    private void http2(Socket socket) throws IOException, InterruptedException {
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        write(socket, Http2Line.SETTINGS, 0, 0);
        int stream = 1;
        for (long due = System.nanoTime(); !over; due += PERIOD_NANOS) {
            awaitTurn(due);
            int flags = Http2Line.END_HEADERS | Http2Line.END_STREAM;
            write(socket, Http2Line.HEADERS, flags, stream, Http2Line.GET);
            await(socket, stream);
            answered(due);
            if (stream % 64 == 1) {
                write(socket, Http2Line.WINDOW_UPDATE, 0, 0, Http2Frames.word(64 * 5));
            }
            stream += 2;
        }
    }

    private static void write(Socket socket, int type, int flags, int stream, byte... payload)
            throws IOException {
        socket.getOutputStream().write(Http2Frames.frame(type, flags, stream, payload));
    }

    private static void await(Socket socket, int stream) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] head = new byte[9];
        while (true) {
            if (in.readNBytes(head, 0, 9) < 9) {
                throw new EOFException();
            }
            ByteBuffer frame = ByteBuffer.wrap(head);
            int lengthAndType = frame.getInt();
            int flags = frame.get();
            int of = frame.getInt();
            byte[] payload = in.readNBytes(lengthAndType >>> 8);
            switch (lengthAndType & 0xff) {
                case Http2Line.SETTINGS -> {
                    if (flags == 0) {
                        write(socket, Http2Line.SETTINGS, 1, 0);
                    }
                }
                case Http2Line.PING -> write(socket, Http2Line.PING, 1, 0, payload);
                case Http2Line.GOAWAY, Http2Line.RST_STREAM ->
                        throw new IOException("ended by the other side");
                case Http2Line.HEADERS -> {
                    if (payload[0] != (byte) 0x88) {
                        throw new IOException("not answered by the origin");
                    }
                }
                default -> {}
            }
            if (of == stream && (flags & Http2Line.END_STREAM) != 0) {
                return;
            }
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
