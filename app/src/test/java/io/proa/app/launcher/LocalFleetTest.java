package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalFleetTest {
    private static final int REFUSALS = 10;

    @TempDir private Path base;

    @Test
    void waitsForTheEndOfALauncherThatTakesItsTime() throws Exception {
        Files.createDirectory(base.resolve("local"));
        AtomicInteger asked = new AtomicInteger();
        try (LauncherServer _ =
                LauncherServer.open(
                        base.resolve("local").resolve(LauncherClient.SOCKET),
                        request -> answer(request, asked))) {
            assertThat(fleet().join(request()).path("pod").asString()).isEqualTo("web-1");
        }
        assertThat(asked).hasValue(REFUSALS + 1);
    }

    private static Object answer(LocalRequest request, AtomicInteger asked) {
        if (request.path().equals("/join") && asked.incrementAndGet() <= REFUSALS) {
            throw Fault.of(Sysexit.UNAVAILABLE, "fleet 'local' is ending", "");
        }
        return Map.of("pod", "web-1");
    }

    private LocalFleet fleet() {
        return new LocalFleet(
                new Fleets(base), "local", new Installation(base, base), Map.of(), false);
    }

    private JoinRequest request() {
        return new JoinRequest(
                new Joining(
                        "web",
                        true,
                        List.of("true"),
                        base,
                        List.of(),
                        List.of(),
                        AccessLogging.USUAL,
                        1,
                        0),
                List.of(),
                Mode.TRANSPARENT);
    }
}
