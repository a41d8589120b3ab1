package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.app.InstalledCopy.Running;
import io.proa.host.NamespaceSupport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// However a fleet ends or does not come about: no process (and so no namespace, link or listening
/// port), no socket and no run directory is left, and the exit code says why.
final class NothingLeftBehindTest {
    @TempDir private Path folder;
    private InstalledCopy proa;
    private int port;

    @BeforeEach
    void installs() throws IOException {
        proa = new InstalledCopy(folder);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void looksForLeftovers() throws Exception {
        assertThat(proa.leftovers()).isEmpty();
        assertThat(isListening()).isFalse();
    }

    @Test
    void ofAStartThatIsRefused() throws Exception {
        Running twice = proa.start("demo", "-f", fleet("sh", "sh").toString());
        assertThat(twice.exit()).isEqualTo(65);
        assertThat(twice.errors()).contains("saw a second service 'a'");

        Path good = fleet("sh");
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            Running taken = proa.start("demo", "--once", "-o", "json", "-f", good.toString());
            assertThat(taken.exit()).isEqualTo(69);
            assertThat(taken.errors()).contains("port " + port + " on 127.0.0.1 is in use");
            assertThat(taken.output()).as("standard output is for the JSON object alone").isEmpty();
        }
    }

    @Test
    void ofAnApplicationThatEndsAtOnce() throws Exception {
        mayMakePods();
        Running demo = proa.start("demo", "-f", fleet("echo boom; exit 3").toString());

        assertThat(demo.exit()).isEqualTo(69);
        assertThat(demo.errors())
                .contains("ended with exit code 3; its last words:\n    boom")
                .contains("what had been started was ended again; nothing is left behind")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource({
        "INT, started the control plane, 130",
        "INT, started the sidecar of a-1, 130",
        "TERM, started the application of a-1, 143",
        "HUP, the front page is at, 129"
    })
    void ofASignal(String signal, String stage, int exit) throws Exception {
        mayMakePods();
        Running demo = proa.start("demo", "-f", fleet(listening()).toString());
        assertThat(demo.says(stage)).as(demo.errors()).isTrue();

        demo.signal(signal);

        assertThat(demo.exit()).isEqualTo(exit);
        assertThat(demo.errors())
                .contains("proa: ending all of it\n")
                .endsWith("proa: nothing is left behind\n");
    }

    /// The control plane is on its way, and writes the fleet's keys as soon as it runs.
    @ParameterizedTest
    @ValueSource(ints = {0, 300, 600, 900, 1200})
    void ofASignalBeforeTheControlPlaneIsReady(int millis) throws Exception {
        mayMakePods();
        Running up = proa.start("up", fleet(listening()).toString());
        assertThat(InstalledCopy.until(proa::hasRunDirectory, Duration.ofSeconds(60))).isTrue();
        Thread.sleep(millis);

        up.signal("INT");

        assertThat(up.exit()).isEqualTo(130);
        assertThat(up.errors()).endsWith("proa: nothing is left behind\n");
    }

    @Test
    void ofASecondFleetOfTheSameName() throws Exception {
        mayMakePods();
        String document = fleet(listening()).toString();
        Running first = proa.start("demo", "-f", document);
        assertThat(first.says("the front page is at")).as(first.errors()).isTrue();

        Running second = proa.start("demo", "-f", document);

        assertThat(second.exit()).isEqualTo(69);
        assertThat(second.errors())
                .containsPattern(
                        "(?m)^proa: fleet 'bad' is running already \\(process \\d+\\); expected none"
                                + " of that name\n  next: nothing has been started; changes of its"
                                + " document need no second start, and proa down --fleet bad ends it$");
        assertThat(isListening()).isTrue();
        first.signal("TERM");
        assertThat(first.exit()).isEqualTo(143);
    }

    /// Of one that could not tidy up, only files are left, and the next start removes them.
    @Test
    void ofOneThatWasKilledAndStartedAgain() throws Exception {
        mayMakePods();
        String document = fleet(listening()).toString();
        Running killed = proa.start("demo", "-f", document);
        assertThat(killed.says("the front page is at")).as(killed.errors()).isTrue();
        killed.signal("KILL");
        assertThat(killed.exit()).isEqualTo(137);
        assertThat(InstalledCopy.until(() -> noProcesses(), Duration.ofSeconds(10))).isTrue();

        Running again = proa.start("demo", "-f", document);
        assertThat(again.says("the front page is at")).as(again.errors()).isTrue();
        again.signal("TERM");
        assertThat(again.exit()).isEqualTo(143);
    }

    private boolean noProcesses() {
        try {
            return proa.marked().isEmpty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void mayMakePods() {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                NamespaceSupport.obstacle().orElse("this user may make pods"));
    }

    private boolean isListening() {
        try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// A program that listens on its port and answers nothing.
    private static String listening() {
        return "exec '"
                + System.getProperty("java.home")
                + "/bin/java' -Xmx16m -cp '"
                + System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                + "' "
                + ListeningProgram.class.getName();
    }

    /// Services of one name: one is right, two are a mistake.
    private Path fleet(String... commands) throws IOException {
        StringBuilder text =
                new StringBuilder(
                        "apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: bad}\nspec:\n"
                                + "  services:\n");
        for (String command : commands) {
            text.append("    - name: a\n      command: [sh, -c, \"")
                    .append(command)
                    .append("\"]\n      port: 8080\n      publish: ")
                    .append(port)
                    .append('\n');
        }
        return Files.writeString(folder.resolve("fleet.yaml"), text);
    }
}
