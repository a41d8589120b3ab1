package io.proa.app.demo;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A stranger on the bridge who speaks plain HTTP: what every pod must refuse, on every port.
final class PlaintextProbe {
    private static final int PATIENCE_MS = 3000;

    /// How one attempt ended.
    sealed interface Outcome {
        boolean refused();

        /// No connection, or one that was closed without an answer.
        record Closed(String how) implements Outcome {
            @Override
            public boolean refused() {
                return true;
            }
        }

        /// Something answered.
        ///
        /// @param reason of the sidecar (`x-proa-reason`), empty when it was not the sidecar that answered
        record Answered(int status, String reason) implements Outcome {
            @Override
            public boolean refused() {
                return status == 403 && !reason.isEmpty();
            }
        }

        /// Neither an answer nor an end: nothing got in, but nobody was told either.
        record Silent() implements Outcome {
            @Override
            public boolean refused() {
                return false;
            }
        }
    }

    private PlaintextProbe() {}

    static Outcome attempt(IpPort target) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(target.toSocketAddress(), PATIENCE_MS);
            String request = "GET / HTTP/1.1\r\nHost: stranger\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = socket.getInputStream().readNBytes(4096);
            return judge(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (SocketTimeoutException _) {
            return new Outcome.Silent();
        } catch (IOException e) {
            return new Outcome.Closed(String.valueOf(e.getMessage()));
        }
    }

    /// A TLS alert, or anything else that is no HTTP, hands no request to the application: closed.
    static Outcome judge(String answer) {
        if (!answer.startsWith("HTTP/1.") || answer.length() < 12) {
            return new Outcome.Closed(answer.isEmpty() ? "closed" : "no HTTP");
        }
        String reason = "";
        for (String line : answer.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "x-proa-reason:", 0, 14)) {
                reason = line.substring(14).trim();
            }
        }
        try {
            return new Outcome.Answered(Integer.parseInt(answer.substring(9, 12)), reason);
        } catch (NumberFormatException _) {
            return new Outcome.Closed("no HTTP");
        }
    }
}
