package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each mistake that a user can make in a fleet's document: one precise error, an exit code of
/// sysexits, nothing started.
final class BadInputTest {
    private static final String HEAD =
            "apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: bad}\nspec:\n  services:\n";
    private static final String GOOD = "    - {name: a, command: [sh], port: 8080}\n";

    @TempDir private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void pretendsToBeInstalled() throws IOException {
        Files.createFile(Files.createDirectory(folder.resolve("demo")).resolve("fleet.yaml"));
        System.setProperty("io.proa.dist", folder.toString());
    }

    @AfterEach
    void nothingWasStartedOrSaidElsewhere() {
        System.clearProperty("io.proa.dist");
        assertThat(
                        ProcessHandle.current()
                                .children()
                                .filter(child ->
                                        !child.info().command().orElse("").endsWith("stty")))
                .isEmpty();
        assertThat(Path.of("/run/proa/bad")).doesNotExist();
        assertThat(out.size()).as("standard output").isZero();
        assertThat(errors()).doesNotContain("\tat ", "Exception");
    }

    @Test
    void brokenYaml() throws IOException {
        assertThat(demo("apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: bad\nspec:\n"))
                .isEqualTo(65);
        assertThat(errors()).contains("fleet.yaml:4:").contains("not well-formed YAML");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"                 | saw no document of kind Fleet, expected one",
                "\"# nothing\n---\n\" | saw no document of kind Fleet, expected one",
                "hello world          | fleet.yaml:1:1: saw 'hello world', expected a document",
                "- a                  | fleet.yaml:1:1: saw a list, expected a document",
                "\"a:\n\t- b\n\"      | fleet.yaml:2:1: not well-formed YAML",
                "services: {}         | fleet.yaml:1:1: saw neither 'kind' nor 'apiVersion'",
            })
    void fileOfAnotherKind(String text, String said) throws IOException {
        assertThat(demo(text)).isEqualTo(65);
        assertThat(errors()).contains(said);
        assertThat(problems()).isOne();
    }

    @Test
    void fileThatIsNoText() throws IOException {
        Path file = Files.write(folder.resolve("fleet.yaml"), new byte[] {(byte) 0xff, 0, 1});
        assertThat(run("demo", "-f", file.toString())).isEqualTo(65);
        assertThat(errors()).contains("fleet.yaml: is not UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, 'saw kind ''Deployment'', expected one of Fleet, HTTPRoute, TrafficPolicy'",
        "Flet, did you mean 'Fleet'?"
    })
    void documentOfAnotherKind(String kind, String said) throws IOException {
        assertThat(demo((HEAD + GOOD).replace("kind: Fleet", "kind: " + kind))).isEqualTo(65);
        assertThat(errors()).contains("fleet.yaml:2:7: ").contains(said);
        assertThat(problems()).isOne();
    }

    @Test
    void missingApiVersion() throws IOException {
        assertThat(demo((HEAD + GOOD).replaceFirst("apiVersion: .*\n", ""))).isEqualTo(65);
        assertThat(errors())
                .contains("saw no 'apiVersion' beside kind Fleet, expected proa.io/v1alpha1");
        assertThat(problems()).isOne();
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 8080 | port: eighty   | 6:38: saw 'eighty' as port, expected a whole number",
                "port: 8080 | port: 99999    | 6:38: saw 99999 as port, expected a whole number",
                "port: 8080 | port: 15001    | 6:38: saw port 15001, which is one of the sidecar's",
                "[sh]       | {x: y}         | 6:26: saw a mapping as command, expected text",
                "[sh]       | []             | 6:26: saw an empty command in service 'a'",
                "name: a    | name: A_b      | 6:14: saw 'A_b' as service name, expected 1 to 63 of",
                "name: a    | name: a, port: 1 | 6:32: saw field 'port' twice in a service",
            })
    void wrongValue(String right, String wrong, String said) throws IOException {
        String line = GOOD.replace(right, wrong);
        assertThat(demo(HEAD + line)).isEqualTo(65);
        assertThat(errors()).contains(said.substring(said.indexOf(": ")));
        assertThat(errors()).contains("fleet.yaml:6:");
        assertThat(problems()).isOne();
    }

    @Test
    void allProblemsAtOnceButNoMoreThanOneCanRead() throws IOException {
        assertThat(demo(HEAD + "    - {nam: x}\n".repeat(40))).isEqualTo(65);
        assertThat(problems()).isEqualTo(21);
        assertThat(errors()).contains("proa: and 60 more problems");
    }

    @Test
    void commandNotFound() throws IOException {
        assertThat(demo(HEAD + GOOD.replace("sh", "no-such-program"))).isEqualTo(69);
        assertThat(errors())
                .contains("fleet.yaml:6:")
                .contains("service 'a': command not found: 'no-such-program'");
        assertThat(problems()).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "./gone, command not found: ",
        "./fleet.yaml, command is not executable: ",
        "., 'command not found: ''.'''",
        "./demo, command is a folder: "
    })
    void commandThatCannotBeRun(String command, String said) throws IOException {
        assertThat(demo(HEAD + GOOD.replace("sh", command))).isEqualTo(69);
        assertThat(errors()).contains("fleet.yaml:6:26: service 'a': " + said);
        assertThat(problems()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gone", "fleet.yaml"})
    void folderThatIsNone(String cwd) throws IOException {
        assertThat(demo(HEAD + GOOD.replace("}", ", cwd: " + cwd + "}"))).isEqualTo(69);
        assertThat(errors())
                .contains("fleet.yaml:6:49: service 'a': cwd is ")
                .contains(folder.resolve(cwd) + ", expected a folder");
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
    void nothingPublished() throws IOException {
        assertThat(demo(HEAD + GOOD)).isEqualTo(65);
        assertThat(errors())
                .contains("no service has 'publish'")
                .contains("next: add publish: 8080 to one of the services");
        assertThat(problems()).isOne();
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
        assertThat(run("demo", "-f", folder.resolve("gone.yaml").toString())).isEqualTo(66);
        assertThat(errors()).contains("gone.yaml: no such file; expected a fleet's document");
        assertThat(problems()).isOne();
    }

    @Test
    void fileThatMayNotBeRead() throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), HEAD + GOOD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-wx------"));
        assumeFalse(Files.isReadable(file), "root reads everything");
        assertThat(run("demo", "-f", file.toString())).isEqualTo(66);
        assertThat(errors()).contains("fleet.yaml: not allowed to read it");
    }

    private int demo(String document) throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), document);
        return run("demo", "-f", file.toString());
    }

    private int run(String... args) {
        return Proa.run(args, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private long problems() {
        return errors().lines().filter(line -> line.startsWith("proa: ")).count();
    }
}
