package io.proa.app.fleet;

import io.proa.control.intent.Program;
import io.proa.host.PodSettings;
import io.proa.host.PodSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Whom an application is run as, as this machine knows users (`getent passwd`).
final class Account {
    // Less than a pipe holds: it can be written before it is read.
    private static final int LONGEST_LINE = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Account() {}

    /// Whether this process may run applications as others: root, and not of a user namespace.
    static boolean mayChoose() {
        try {
            boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            return root && PodSettings.ofThisProcess().caller() == null;
        } catch (IOException _) {
            return false;
        }
    }

    /// @param user a number needs no entry; its group is then the one said, or of the same number
    /// @return empty for a name that nobody has
    static Optional<PodSpec.User> find(Program.User user) {
        Optional<PodSpec.User> known = look(user.name());
        Integer group = user.group();
        if (known.isPresent()) {
            return Optional.of(
                    group == null ? known.get() : new PodSpec.User(known.get().uid(), group));
        }
        if (!user.name().chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int uid = Integer.parseInt(user.name());
        return Optional.of(new PodSpec.User(uid, group == null ? uid : group));
    }

    /// A directory service that does not answer must not keep a fleet from saying so.
    private static Optional<PodSpec.User> look(String name) {
        try {
            Process getent =
                    new ProcessBuilder("getent", "passwd", name)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            getent.getOutputStream().close();
            if (!getent.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                getent.destroyForcibly();
                return Optional.empty();
            }
            String line =
                    new String(
                            getent.getInputStream().readNBytes(LONGEST_LINE),
                            StandardCharsets.UTF_8);
            String[] fields = line.strip().split(":", -1);
            if (getent.exitValue() != 0 || fields.length < 4) {
                return Optional.empty();
            }
            return Optional.of(
                    new PodSpec.User(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
        } catch (IOException | NumberFormatException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
