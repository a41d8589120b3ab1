package io.proa.sidecar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What whoever started the sidecar says: first the identity token, in one line, since an argument
/// or a variable could be read by others; then, if it wants to, `gone` when the application is
/// gone.
final class StandardInput {
    private static final int LONGEST = 4096;

    private volatile boolean appGone;
    private volatile boolean listening;

    /// @return null where there is none; a restarted sidecar uses the identity it has on disk
    @Nullable String firstLine() throws IOException {
        String line = line();
        return line == null || line.isEmpty() ? null : line;
    }

    /// Goes on reading, on a thread of its own.
    void listen() {
        listening = true;
        Thread thread = new Thread(null, this::listenOn, "proa-input", 0);
        thread.setDaemon(true);
        thread.start();
    }

    private void listenOn() {
        try {
            for (String line = line(); line != null; line = line()) {
                if (line.equals("gone")) {
                    appGone = true;
                }
            }
        } catch (IOException _) {
            // Nothing more will be said, as at its end.
        }
        listening = false;
    }

    void appGone() {
        appGone = true;
    }

    /// Whether the application is known to be gone.
    boolean appIsGone() {
        return appGone;
    }

    /// Whether nobody is there who could say so.
    boolean nobodyTells() {
        return !listening;
    }

    /// @return null at the end
    private static @Nullable String line() throws IOException {
        byte[] line = new byte[LONGEST];
        int n = 0;
        InputStream in = System.in;
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (n == LONGEST) {
                throw new IOException(
                        "standard input: expected lines of at most " + LONGEST + " bytes");
            }
            line[n++] = (byte) b;
        }
        return new String(line, 0, n, StandardCharsets.US_ASCII).strip();
    }
}
