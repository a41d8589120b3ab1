package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each mistake that a user can make in a fleet's document: one precise error, an exit code of
/// sysexits, nothing started.
final class BadInputTest {
    private static final String HEAD =
            "apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: bad}\nspec:\n  services:\n";
    private static final String GOOD = "    - {name: a, command: [sh], port: 8080}\n";

    @TempDir private Path folder;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void pretendsToBeInstalled() throws IOException {
        Files.createFile(Files.createDirectory(folder.resolve("demo")).resolve("fleet.yaml"));
        System.setProperty("io.proa.dist", folder.toString());
    }

    @AfterEach
    void nothingWasStarted() {
        System.clearProperty("io.proa.dist");
        assertThat(
                        ProcessHandle.current()
                                .children()
                                .filter(child ->
                                        !child.info().command().orElse("").endsWith("stty")))
                .isEmpty();
        assertThat(Path.of("/run/proa/bad")).doesNotExist();
    }

    @Test
    void brokenYaml() throws IOException {
        assertThat(demo("apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: bad\nspec:\n"))
                .isEqualTo(65);
        assertThat(errors()).contains("fleet.yaml:4:").contains("not well-formed YAML");
    }

    @Test
    void unknownField() throws IOException {
        assertThat(demo(HEAD + GOOD.replace("}", ", replica: 2}"))).isEqualTo(65);
        assertThat(errors())
                .contains("fleet.yaml:6:")
                .contains("unknown field 'replica'")
                .contains("did you mean 'replicas'?");
        assertThat(problems()).isOne();
    }

    @Test
    void commandNotFound() throws IOException {
        assertThat(demo(HEAD + GOOD.replace("sh", "no-such-program"))).isEqualTo(69);
        assertThat(errors())
                .contains("fleet.yaml:6:")
                .contains("service 'a': command not found: 'no-such-program'");
        assertThat(problems()).isOne();
    }

    @Test
    void portInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThat(demo(HEAD + GOOD.replace("}", ", publish: " + port + "}"))).isEqualTo(69);
            assertThat(errors()).contains("port " + port + " on 127.0.0.1 is in use");
            assertThat(problems()).isOne();
        }
    }

    @Test
    void twoServicesOfOneName() throws IOException {
        assertThat(demo(HEAD + GOOD + GOOD.replace("8080", "8081"))).isEqualTo(65);
        assertThat(errors())
                .contains("fleet.yaml:7:")
                .contains("saw a second service 'a'")
                .contains("fleet.yaml:6:");
        assertThat(problems()).isOne();
    }

    @Test
    void cycleInStartAfter() throws IOException {
        String other = GOOD.replace("name: a", "name: b").replace("}", ", startAfter: [a]}");
        assertThat(demo(HEAD + GOOD.replace("}", ", startAfter: [b]}") + other)).isEqualTo(65);
        assertThat(errors()).contains("cycle in startAfter: a -> b -> a");
        assertThat(problems()).isOne();
    }

    @Test
    void fileThatIsNotThere() {
        assertThat(
                        Proa.run(
                                new String[] {"demo", "-f", folder.resolve("gone.yaml").toString()},
                                System.out,
                                print()))
                .isEqualTo(66);
        assertThat(errors()).contains("gone.yaml: no such file");
    }

    private int demo(String document) throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), document);
        return Proa.run(new String[] {"demo", "-f", file.toString()}, System.out, print());
    }

    private PrintStream print() {
        return new PrintStream(err, true, StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private long problems() {
        return errors().lines().filter(line -> line.startsWith("proa: ")).count();
    }
}
