package io.proa.host;

import java.io.IOException;
import java.time.Duration;

/// The near end of a [NamespaceSetup]. For one thread.
final class SetupProcess implements AutoCloseable {
    private final HelperProcess helper;
    private final Duration patience;

    SetupProcess(HelperProcess helper, Duration patience) {
        this.helper = helper;
        this.patience = patience;
    }

    /// @return the command's value, mostly empty
    /// @throws IOException with the other side's sentence
    String run(String command) throws IOException {
        helper.tell(command);
        String answer = helper.next(patience);
        if (answer.equals("ok")) {
            return "";
        }
        if (answer.startsWith("ok ")) {
            return answer.substring(3);
        }
        throw new IOException(
                answer.startsWith("error ") ? answer.substring(6) : "unexpected: " + answer);
    }

    boolean isAlive() {
        return helper.process().isAlive();
    }

    @Override
    public void close() {
        helper.close();
    }
}
