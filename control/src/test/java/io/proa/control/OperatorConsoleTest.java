package io.proa.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.Endpoint;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a launcher and its control plane say to each other while programs join a fleet.
final class OperatorConsoleTest extends FleetOnDisk {
    private static final String WEB =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: demo}
            spec:
              services:
              - {name: web, command: [sleep, "9"], port: 80}
            """;

    private final PipedOutputStream commands = new PipedOutputStream();
    private final PipedInputStream answers = new PipedInputStream(1 << 16);
    private Path joined = Path.of("");
    private BufferedReader lines = new BufferedReader(java.io.Reader.nullReader());

    @BeforeEach
    void startsWithAnOperator() throws Exception {
        joined = folder.resolve("joined");
        var settings =
                ControlSettings.of(List.of(intent, joined), socket, folder.resolve("state"))
                        .withOperator();
        var input = new PipedInputStream(commands);
        var output = new PrintStream(new PipedOutputStream(answers), true, StandardCharsets.UTF_8);
        var err = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    ControlPlane.run(settings, input, output, err);
                    output.close();
                });
        lines = new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo("ready " + socket);
    }

    @AfterEach
    void ends() throws IOException {
        commands.close();
        assertThat(lines.readLine()).isEqualTo("stopping");
    }

    private String ask(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        return lines.readLine();
    }

    @Test
    void fleetNamesPodsAndWhatNamesResolveTo() throws Exception {
        assertThat(ask("fleet"))
                .startsWith(
                        "fleet {\"pods\":[{\"name\":\"orders-1\",\"service\":\"orders\",\"ipv4\":\"10.87.0.2\",\"ipv6\":\"fd50:a0a:0:0:0:0:0:2\"},{\"name\":\"orders-2\",")
                .contains("\"hosts\":{\"front\":[\"10.88.0.2\",\"fd50:a0a:0:1:0:0:0:2\"],")
                .contains("\"orders.default.proa\":[\"10.88.0.1\",")
                .endsWith("}}");
    }

    /// At once: the token of a pod that has joined is to be had by the next line.
    @Test
    void reloadIsDoneWhenItIsAnswered() throws Exception {
        assertThat(ask("reload")).isEqualTo("reloaded {\"revision\":1}");
        Files.createDirectory(joined);
        Path web = Files.writeString(joined.resolve("web.yaml"), WEB);
        assertThat(ask("reload")).isEqualTo("reloaded {\"revision\":2}");
        assertThat(ask("token web-1")).startsWith("token web-1 ");
        assertThat(ask("fleet")).contains("{\"name\":\"web-1\",\"service\":\"web\",");
        Files.delete(web);
        assertThat(ask("reload")).isEqualTo("reloaded {\"revision\":3}");
        assertThat(ask("token web-1")).isEqualTo("error pod 'web-1' is not in the fleet");
    }

    @Test
    void refusedReloadSaysWhyAndKeepsTheFleet() throws Exception {
        Files.createDirectory(joined);
        Path web = joined.resolve("web.yaml");
        Files.writeString(web, WEB.replace("name: web", "name: orders"));
        assertThat(ask("reload"))
                .isEqualTo(
                        "rejected {\"problems\":[\""
                                + web
                                + ":6:12: saw a second service 'orders', the first is at "
                                + intent
                                + ":7:12\\n  hint: rename one of them\"]}");
        assertThat(ask("token orders-2")).startsWith("token orders-2 ");
        assertThat(ask("status")).startsWith("status {\"revision\":1,\"problems\":[\"" + web);
    }

    @Test
    void aServiceStaysAsItWasWhereThatIsAskedFor() throws Exception {
        assertThat(ask("keep orders")).isEqualTo("error there is no earlier service 'orders'");
        Files.writeString(intent, Files.readString(intent) + "# changed\n");
        assertThat(ask("reload")).isEqualTo("reloaded {\"revision\":2}");
        assertThat(ask("keep orders")).isEqualTo("kept orders");
        assertThat(ask("reload")).isEqualTo("reloaded {\"revision\":3}");
    }

    @Test
    void nobodyIsSentToAPodThatLeaves() throws Exception {
        String token = ask("token front-1").substring("token front-1 ".length());
        try (var front = sidecar("front-1", token)) {
            front.subscribe("10.88.0.1:80");
            front.eventually(
                    "both",
                    () ->
                            !front.snapshots.isEmpty()
                                    && endpoints(front).equals(List.of("orders-1", "orders-2")));
            assertThat(ask("leave orders-1")).isEqualTo("left orders-1");
            assertThat(endpoints(front)).containsExactly("orders-2");
            assertThat(ask("return orders-1")).isEqualTo("returned orders-1");
            assertThat(endpoints(front)).containsExactly("orders-1", "orders-2");
        }
    }

    /// Who calls a pod by its own address means that one.
    @Test
    void aPodThatLeavesIsKnownToThoseWhoCallItByItsAddress() throws Exception {
        String token = ask("token front-1").substring("token front-1 ".length());
        try (var front = sidecar("front-1", token)) {
            front.subscribe("10.87.0.2:80");
            front.eventually("its snapshot", () -> !front.snapshots.isEmpty());
            assertThat(ask("leave orders-1")).isEqualTo("left orders-1");
            assertThat(endpoints(front)).containsExactly("orders-1", "orders-2");
        }
    }

    private static List<String> endpoints(Sidecar sidecar) {
        return sidecar.last().services().stream()
                .flatMap(service -> service.endpoints().stream())
                .map(Endpoint::pod)
                .toList();
    }

    @Test
    void stateThatCannotBeKeptIsAnErrorOfOneLine() throws Exception {
        Files.writeString(folder.resolve("state/fleet-state.json"), "{");
        assertThat(ask("reload")).startsWith("error the intent is not in use: ");
        assertThat(ask("fleet")).contains("orders-2");
    }
}
