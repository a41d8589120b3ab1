package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// All problems of documents at once, and nothing else: no namespaces, no programs, no state.
final class ValidateVerbTest {
    private static final String FLEET =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: shop}
            spec:
              services:
                - {name: web, command: [no-such-program], cwd: nowhere, port: 80, replicas: 2}
            """;
    private static final String POLICY =
            """
            ---
            apiVersion: proa.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: patience}
            spec: {targetRef: {kind: Service, name: web}}
            """;

    @TempDir private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void goodDocumentsAreListed() throws IOException {
        Path file = write("fleet.yaml", FLEET + POLICY);
        assertThat(run(file.toString())).isZero();
        assertThat(output())
                .isEqualTo(file + ": Fleet shop (1 service, 2 pods), TrafficPolicy patience\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void theDemosDocumentsAreGood() {
        assertThat(run("../demo/fleet.yaml")).isZero();
        assertThat(output())
                .isEqualTo(
                        "../demo/fleet.yaml: Fleet demo (4 services, 5 pods), TrafficPolicy inventory-is-moody\n");
    }

    /// What stands in one of them may refer to what stands in another.
    @Test
    void filesAndFoldersAreOneIntent() throws IOException {
        Path parts = Files.createDirectory(folder.resolve("parts"));
        write("parts/a.yaml", POLICY);
        write("parts/b.yaml", FLEET.replace("web", "db"));
        Path base = write("base.yaml", FLEET);
        write("parts/c.yaml", "# nothing yet\n");
        assertThat(run(parts.toString(), base.toString())).isZero();
        assertThat(output())
                .isEqualTo(
                        "DIR/parts/a.yaml: TrafficPolicy patience\nDIR/parts/b.yaml: Fleet shop (1 service, 2 pods)\nDIR/parts/c.yaml: no documents\nDIR/base.yaml: Fleet shop (1 service, 2 pods)\n"
                                .replace("DIR", folder.toString()));
    }

    @Test
    void aFileThatIsNamedTwiceIsReadOnce() throws IOException {
        Path file = write("fleet.yaml", FLEET);
        assertThat(run(file.toString(), folder.toString(), folder + "/./fleet.yaml")).isZero();
        assertThat(output().lines()).hasSize(1);
    }

    @Test
    void allProblemsAreNamedWithTheirPlaces() throws IOException {
        Path file =
                write(
                        "fleet.yaml",
                        FLEET.replace("replicas: 2", "replica: 0") + POLICY.replace("web", "wep"));
        assertThat(run(file.toString())).isEqualTo(65);
        assertThat(output())
                .isEqualTo(
                        """
                        FILE:6:71: saw unknown field 'replica' of a service
                          hint: did you mean 'replicas'?
                        FILE:11:41: TrafficPolicy 'patience' refers to Service 'wep', which is no service of this fleet
                          hint: did you mean 'web'?
                        """
                                .replace("FILE", file.toString()));
    }

    @Test
    void noProblemIsLeftOut() throws IOException {
        Path file = write("fleet.yaml", FLEET + "    - {nam: x}\n".repeat(40));
        assertThat(run(file.toString())).isEqualTo(65);
        assertThat(output().lines().filter(line -> line.startsWith(folder.toString()))).hasSize(80);
    }

    @ParameterizedTest
    @CsvSource({
        "Flet,       did you mean 'Fleet'?",
        "httproute,  did you mean 'HTTPRoute'?",
        "Deployment, 'expected one of Fleet, HTTPRoute, TrafficPolicy'"
    })
    void unknownKindsAreNamedWithTheKnownOnes(String kind, String said) throws IOException {
        Path file = write("fleet.yaml", FLEET.replace("kind: Fleet", "kind: " + kind));
        assertThat(run(file.toString())).isEqualTo(65);
        assertThat(output())
                .startsWith(file + ":2:7: saw kind '" + kind + "', expected one of Fleet, ")
                .contains(said);
    }

    /// Whose the rest is, is not known then: no problems that follow from the first one.
    @Test
    void twoFleetsAreOneProblem() throws IOException {
        Path first = write("a.yaml", FLEET);
        Path second =
                write("b.yaml", (FLEET + POLICY).replace("web", "api").replace("shop", "bank"));
        assertThat(run(first.toString(), second.toString())).isEqualTo(65);
        assertThat(output())
                .startsWith(second + ":1:1: saw a second Fleet, 'bank', expected one ('shop' at ")
                .hasLineCount(2);
    }

    @Test
    void missingFilesHaveAnExitCodeOfTheirOwn() throws IOException {
        Path file = write("fleet.yaml", FLEET.replace("port: 80", "port: 0"));
        Path missing = folder.resolve("missing");
        assertThat(run(file.toString(), missing.toString())).isEqualTo(66);
        assertThat(output())
                .contains(missing + ": no such file or folder\n")
                .contains(file + ":6:67: saw 0 as port");
    }

    @Test
    void jsonSaysTheSame() throws IOException {
        Path good = write("fleet.yaml", FLEET + POLICY);
        assertThat(run(good.toString(), "-o", "json")).isZero();
        assertThat(output())
                .isEqualTo(
                        "{\"valid\":true,\"files\":[{\"file\":\""
                                + good
                                + "\",\"documents\":[{\"kind\":\"Fleet\",\"name\":\"shop\",\"services\":1,\"pods\":2},{\"kind\":\"TrafficPolicy\",\"name\":\"patience\"}]}],\"problems\":[]}\n");
        out.reset();
        Path bad = write("fleet.yaml", FLEET.replace("port: 80", "port: 0"));
        assertThat(run("-o", "json", bad.toString())).isEqualTo(65);
        assertThat(output())
                .contains("{\"valid\":false,")
                .contains("\"line\":6,\"column\":67,\"message\":\"saw 0 as port, ");
    }

    @Test
    void standardInputIsReadWhereADashStands() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(bytes(POLICY));
            Path file = write("fleet.yaml", FLEET);
            assertThat(run("-", file.toString())).isZero();
            assertThat(output()).startsWith("standard input: TrafficPolicy patience\n");
            out.reset();
            System.setIn(bytes(FLEET.replace("port: 80", "port: 0")));
            assertThat(run("-")).isEqualTo(65);
            assertThat(output()).startsWith("standard input:6:67: saw 0 as port");
            System.setIn(bytes("#".repeat((1 << 20) + 1)));
            assertThat(run("-")).isEqualTo(65);
            assertThat(output()).contains("standard input: saw more than 1048576 bytes");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void anEmptyFolderIsNamed() {
        assertThat(run(folder.toString())).isEqualTo(65);
        assertThat(output()).startsWith(folder + ": saw no .yaml file in this folder");
    }

    @Test
    void nothingToReadIsAMistakeOfUse() {
        assertThat(run()).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("proa: saw no file, expected at least one file or folder, or - for")
                .contains("next: see proa validate --help");
    }

    @Test
    void schemaIsTheShippedOne() throws IOException {
        assertThat(run("--schema")).isZero();
        assertThat(output())
                .isEqualTo(Files.readString(Path.of("../docs/schema/proa.schema.json")));
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private int run(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "validate";
        System.arraycopy(args, 0, all, 1, args.length);
        return Proa.run(
                all,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
