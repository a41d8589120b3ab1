package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// An application that keeps all it is sent, and answers each whole request with its target. Where
/// a connection begins with HTTP/2's preface an [Http2Capture] takes it.
final class CapturingOrigin implements AutoCloseable {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /// One connection; text from `mark` on belongs to the present case.
    private static final class Capture {
        final Socket socket;
        final StringBuilder text = new StringBuilder();
        int mark;
        Reading reading = new Reading(List.of(), End.WHOLE, "", 0);
        int answered;
        boolean continued;

        Capture(Socket socket) {
            this.socket = socket;
        }
    }

    private final ServerSocket listener = new ServerSocket();
    private final List<Capture> captures = new CopyOnWriteArrayList<>();
    private final List<Http2Capture> http2 = new CopyOnWriteArrayList<>();

    CapturingOrigin(int port) throws IOException {
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Capture capture = new Capture(listener.accept());
                Thread.ofVirtual().start(() -> serve(capture));
            }
        } catch (IOException _) {
            // The listener was closed.
        }
    }

    private void serve(Capture capture) {
        captures.add(capture);
        try (Socket socket = capture.socket) {
            InputStream in = socket.getInputStream();
            byte[] some = new byte[65_536];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                String text = new String(some, 0, n, StandardCharsets.ISO_8859_1);
                if (!take(capture, text)) {
                    return;
                }
            }
        } catch (IOException _) {
            // Proxies may end as they like.
        }
    }

    /// @return false where the connection is to be ended
    private boolean take(Capture capture, String text) throws IOException {
        OutputStream out = capture.socket.getOutputStream();
        StringBuilder answers = new StringBuilder();
        boolean goOn;
        synchronized (capture) {
            capture.text.append(text);
            String all = capture.text.substring(capture.mark);
            if (capture.mark == 0 && all.startsWith(PREFACE)) {
                captures.remove(capture);
                Http2Capture.take(capture.socket, all.substring(PREFACE.length()), http2::add);
                return false;
            }
            Reading reading = StrictReader.requests(all);
            capture.reading = reading;
            for (Message message :
                    reading.messages().subList(capture.answered, reading.messages().size())) {
                answers.append(answer(message));
                capture.continued = false;
            }
            capture.answered = reading.messages().size();
            boolean expects =
                    all.indexOf("100-continue", reading.next()) > 0
                            && all.indexOf("\r\n\r\n", reading.next()) > 0;
            if (reading.end() == End.UNFINISHED && expects && !capture.continued) {
                capture.continued = true;
                answers.append("HTTP/1.1 100 Continue\r\n\r\n");
            }
            goOn = reading.end() != End.AMBIGUOUS;
            if (!goOn) {
                answers.append(
                        "HTTP/1.1 400 Unclear\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            }
        }
        out.write(answers.toString().getBytes(StandardCharsets.ISO_8859_1));
        return goOn;
    }

    private static String answer(Message message) {
        String body = message.target();
        return "HTTP/1.1 200 OK\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + (message.method().equals("HEAD") ? "" : body);
    }

    /// Forgets what has been, and ends connections that stand within a message.
    void mark() throws IOException {
        for (Capture capture : captures) {
            synchronized (capture) {
                if (capture.reading.end() != End.WHOLE) {
                    capture.socket.close();
                }
            }
        }
        captures.removeIf(capture -> capture.socket.isClosed());
        for (Capture capture : captures) {
            synchronized (capture) {
                capture.mark = capture.text.length();
                capture.answered = 0;
                capture.reading = new Reading(List.of(), End.WHOLE, "", 0);
            }
        }
        http2.forEach(Http2Capture::mark);
    }

    /// What each connection has carried since the mark, as far as it has carried anything.
    List<Reading> seen() {
        List<Reading> seen = new ArrayList<>();
        for (Capture capture : captures) {
            synchronized (capture) {
                if (capture.text.length() > capture.mark) {
                    seen.add(capture.reading);
                }
            }
        }
        http2.forEach(each -> seen.addAll(each.seen()));
        return seen;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Capture capture : captures) {
            capture.socket.close();
        }
    }
}
