package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AdminClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LauncherServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir private Path folder;

    @Test
    void answersItsOwnerAlone() throws IOException {
        Path socket = folder.resolve(LauncherClient.SOCKET);
        try (LauncherServer _ =
                LauncherServer.open(socket, request -> Map.of("body", request.body()))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(
                            new LauncherClient(socket)
                                    .post("/join", Map.of("a", "ü"), PATIENCE)
                                    .path("body")
                                    .asString())
                    .isEqualTo("{\"a\":\"ü\"}");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void passesAFaultOnAsItIs() throws IOException {
        Path socket = folder.resolve(LauncherClient.SOCKET);
        LauncherServer.Desk refusing =
                _ -> {
                    throw Fault.of(Sysexit.UNAVAILABLE, "saw this, expected that", "do so");
                };
        try (LauncherServer _ = LauncherServer.open(socket, refusing)) {
            assertThatThrownBy(() -> new LauncherClient(socket).get("/ps"))
                    .isInstanceOfSatisfying(
                            Fault.class,
                            fault -> {
                                assertThat(fault.exit()).isEqualTo(Sysexit.UNAVAILABLE);
                                assertThat(fault.problems())
                                        .containsExactly("saw this, expected that");
                                assertThat(fault.next()).isEqualTo("do so");
                            });
        }
    }

    @Test
    void tellsAMistakeOfTheCallersFromOneOfItsOwn() throws IOException {
        Path socket = folder.resolve(LauncherClient.SOCKET);
        LauncherServer.Desk desk =
                request -> {
                    if (request.path().equals("/ps")) {
                        throw new IllegalStateException("of its own");
                    }
                    throw new LauncherServer.NoSuchPath();
                };
        try (LauncherServer _ = LauncherServer.open(socket, desk)) {
            assertThat(AdminClient.get(socket, "/ps", PATIENCE).status()).isEqualTo(500);
            assertThat(AdminClient.get(socket, "/other", PATIENCE).status()).isEqualTo(404);
            assertThat(AdminClient.get(socket, "/two words", PATIENCE).status()).isEqualTo(400);
        }
    }
}
