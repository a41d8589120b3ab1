package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A setting of the machine's kernel that goes back to what it was when this is closed or this
/// process ends, whatever way: a shell in a session of its own waits for that.
final class BorrowedSetting implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    // The setting may be gone by then, together with what it belonged to.
    private static final String GIVE_BACK =
            "trap '' INT TERM HUP; echo ready; cat >/dev/null; { echo \"$2\" >\"$1\"; } 2>/dev/null";

    private final HelperProcess keeper;

    private BorrowedSetting(HelperProcess keeper) {
        this.keeper = keeper;
    }

    /// @param before what it is now
    static BorrowedSetting set(Path setting, String before, String value) throws IOException {
        HelperProcess keeper =
                HelperProcess.start(
                        new ProcessBuilder(
                                List.of(
                                        "setsid",
                                        "sh",
                                        "-c",
                                        GIVE_BACK,
                                        "sh",
                                        setting.toString(),
                                        before)));
        try {
            keeper.next(PATIENCE);
            Files.writeString(setting, value);
            return new BorrowedSetting(keeper);
        } catch (IOException e) {
            keeper.close();
            throw e;
        }
    }

    @Override
    public void close() {
        keeper.close();
    }
}
