package io.proa.sidecar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Where the identity token comes in: one line, never an argument or a variable that others could
/// read.
final class StandardInput {
    private static final int LONGEST = 4096;

    private StandardInput() {}

    /// @return null where there is none; a restarted sidecar uses the identity it has on disk
    static @Nullable String firstLine() throws IOException {
        byte[] line = new byte[LONGEST];
        int n = 0;
        InputStream in = System.in;
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (n == LONGEST) {
                throw new IOException(
                        "standard input: expected a token of at most " + LONGEST + " bytes");
            }
            line[n++] = (byte) b;
        }
        String text = new String(line, 0, n, StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? null : text;
    }
}
