package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.intent.HeadRules;
import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.HealthCheck.Probe;
import io.proa.control.intent.Lifecycle;
import io.proa.control.intent.Located;
import io.proa.control.intent.Program.User;
import io.proa.control.intent.Publication;
import io.proa.control.intent.RestartPolicy;
import io.proa.control.intent.StartCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a Fleet says of its applications besides what the mesh needs to know.
final class LifecycleTest {
    private static final String HEAD =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: demo}
            spec:
              drain: 30s
              services:
            """;

    @TempDir Path folder;

    @Test
    void whatIsNotSaidHasDefaults() throws IOException {
        FleetService service = only("{name: a, command: x}");
        assertThat(service.lifecycle())
                .isEqualTo(new Lifecycle(null, RestartPolicy.ON_FAILURE, Duration.ofSeconds(30)));
        assertThat(service.program().user()).isNull();
        assertThat(service.published()).isEmpty();
        assertThat(service.heads()).isEqualTo(HeadRules.DEFAULT);
        assertThat(only("{name: a, command: x, healthCheck: {command: y}}").lifecycle())
                .extracting(Lifecycle::healthCheck)
                .isEqualTo(
                        new HealthCheck(
                                new Probe.Command(List.of("y")),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(1),
                                3,
                                Duration.ofSeconds(30)));
    }

    @Test
    void headsAreAsLargeAsTheServiceSays() throws IOException {
        assertThat(
                        only("{name: a, command: x, heads: {maxSize: 4096, dotSegments: refuse}}")
                                .heads())
                .isEqualTo(new HeadRules(4096, null, null, "refuse"));
    }

    @Test
    void allOfItCanBeSaid() throws IOException {
        FleetService service =
                only(
                        """
                        name: a
                            command: x
                            ports: [{port: 80, targetPort: 8080}, {port: 90}]
                            restart: Always
                            drain: 1m
                            user: 1000:1001
                            healthCheck:
                              http: {path: /healthz?deep=1}
                              interval: 500ms
                              timeout: 50ms
                              failures: 5
                              startWithin: 2m
                        """);
        assertThat(service.lifecycle())
                .isEqualTo(
                        new Lifecycle(
                                new HealthCheck(
                                        new Probe.Http("/healthz?deep=1", 8080),
                                        Duration.ofMillis(500),
                                        Duration.ofMillis(50),
                                        5,
                                        Duration.ofMinutes(2)),
                                RestartPolicy.ALWAYS,
                                Duration.ofMinutes(1)));
        assertThat(service.program().user())
                .extracting(Located::value)
                .isEqualTo(new User("1000", 1001));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp: {}         | Tcp[port=8080]",
                "tcp: {port: 99} | Tcp[port=99]",
                "command: exit 0 | Command[command=[exit, 0]]",
                "command: [a, 1] | Command[command=[a, 1]]",
            })
    void probes(String said, String read) throws IOException {
        FleetService service =
                only(
                        "{name: a, command: x, ports: [{port: 80, targetPort: 8080}], healthCheck: {"
                                + said
                                + "}}");
        assertThat(service.lifecycle().healthCheck())
                .extracting(HealthCheck::probe)
                .hasToString(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8080                    | 8080 80 8000",
                "\"8080:80\"             | 8080 80 8000",
                "8080:90                 | 8080 90 90",
                "[8080, \"9090:90\"]     | 8080 80 8000, 9090 90 90",
                "[]                      | ''",
            })
    void publishesShortAndLong(String said, String read) throws IOException {
        FleetService service =
                only(
                        "{name: a, command: x, ports: [{port: 80, targetPort: 8000}, {port: 90}], publish: "
                                + said
                                + "}");
        assertThat(
                        String.join(
                                ", ",
                                service.published().stream()
                                        .map(Located::value)
                                        .map(LifecycleTest::text)
                                        .toList()))
                .isEqualTo(read);
    }

    private static String text(Publication port) {
        return port.hostPort() + " " + port.servicePort() + " " + port.targetPort();
    }

    /// Who says nothing waits for what shows best that the other is ready.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                            | b                                | COMPLETED",
                "restart: Never                | {service: b}                     | COMPLETED",
                "restart: Always               | b                                | STARTED",
                "port: 80                      | b                                | LISTENING",
                "port: 80                      | {service: b, condition: healthy} | LISTENING",
                "port: 80                      | {service: b, condition: started} | STARTED",
                "'port: 80, healthCheck: {tcp: {}}' | b                           | HEALTHY",
                "'healthCheck: {command: y}'   | b                                | HEALTHY",
                "'healthCheck: {command: y}'   | {service: b, condition: completed} | COMPLETED",
            })
    void conditions(String other, String after, StartCondition condition) throws IOException {
        CompiledFleet fleet =
                compiled(
                        "  - {name: b, command: x, "
                                + other
                                + "}\n  - {name: a, command: x, startAfter: ["
                                + after
                                + "]}\n");
        assertThat(fleet.services().getLast().startAfter())
                .extracting(FleetService.StartAfter::condition)
                .containsExactly(condition);
    }

    @ParameterizedTest
    @CsvSource({"www-data, www-data", "1000, 1000", "'\"0:0\"', 0:0"})
    void users(String said, String read) throws IOException {
        assertThat(only("{name: a, command: x, user: " + said + "}").program().user())
                .extracting(Located::value)
                .hasToString(read);
    }

    @Test
    void environmentFilesAreReadAndOverlaid() throws IOException {
        Files.writeString(
                folder.resolve("a.env"),
                "# settings\n\nA=1\n  B = two words  \nC=\"  kept \"\nD='x=y'\nE=\r\nF=it's # no comment\n");
        Files.writeString(folder.resolve("b.env"), "A=2\nG=g\n");
        FleetService service =
                only("{name: a, command: x, envFrom: [a.env, ./b.env], env: {G: own, H: 1}}");
        assertThat(service.environment())
                .containsExactly(
                        java.util.Map.entry("A", "2"),
                        java.util.Map.entry("B", "two words"),
                        java.util.Map.entry("C", "  kept "),
                        java.util.Map.entry("D", "x=y"),
                        java.util.Map.entry("E", ""),
                        java.util.Map.entry("F", "it's # no comment"),
                        java.util.Map.entry("G", "own"),
                        java.util.Map.entry("H", "1"));
    }

    /// By place and without values, which may be secrets.
    @Test
    void mistakesInEnvironmentFilesAreNamed() throws IOException {
        Files.writeString(
                folder.resolve("a.env"),
                "GOOD=1\n  no equals\n=v\nexport A=secret\nB=\"secret\nC D=1\n");
        Files.createDirectory(folder.resolve("d"));
        Files.write(folder.resolve("b.env"), new byte[] {'A', '=', (byte) 0xff});
        assertThat(problems("  - {name: a, command: x, envFrom: [a.env, none.env, d, b.env]}\n"))
                .isEqualTo(
                        """
                        DIR/a.env:2:3: saw a line without =, expected NAME=VALUE
                          hint: a comment begins with #
                        DIR/a.env:3:1: saw '' as a variable's name, expected NAME=VALUE
                        DIR/a.env:4:1: saw 'export A' as a variable's name, expected NAME=VALUE
                          hint: leave out export
                        DIR/a.env:5:3: saw a quote that is not closed in the value of B, expected it on the same line
                        DIR/a.env:6:1: saw 'C D' as a variable's name, expected NAME=VALUE
                        DIR/fleet.yaml:7:44: saw envFrom 'none.env', which is not there: DIR/none.env, expected a file of NAME=VALUE lines
                          hint: it is relative to the file it is named in
                        DIR/fleet.yaml:7:54: saw envFrom 'd', which is no file: DIR/d, expected a file of NAME=VALUE lines
                          hint: it is relative to the file it is named in
                        DIR/fleet.yaml:7:57: saw envFrom 'b.env', which is not UTF-8 text: DIR/b.env, expected a file of NAME=VALUE lines
                          hint: it is relative to the file it is named in
                        """);
    }

    @Test
    void healthChecksAreLookedForOnTheHost() throws IOException {
        CompiledFleet fleet =
                compiled("  - {name: a, command: [/bin/sh], healthCheck: {command: [./gone]}}\n");
        assertThat(HostCheck.checkCommands(fleet, "/bin"))
                .singleElement()
                .asString()
                .contains("the healthCheck of service 'a': command not found: " + folder);
    }

    private FleetService only(String service) throws IOException {
        return compiled("  - " + service + "\n").services().getFirst();
    }

    private CompiledFleet compiled(String services) throws IOException {
        return switch (compile(services)) {
            case Compilation.Compiled compiled -> compiled.fleet();
            case Compilation.Rejected rejected -> throw new AssertionError(rejected.problems());
        };
    }

    private String problems(String services) throws IOException {
        var rejected = (Compilation.Rejected) compile(services);
        return IntentErrorsTest.text(rejected.problems()).replace(folder.toString(), "DIR");
    }

    private Compilation compile(String services) throws IOException {
        Path file = Files.writeString(folder.resolve("fleet.yaml"), HEAD + services);
        return new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null)
                .compile(List.of(file));
    }
}
