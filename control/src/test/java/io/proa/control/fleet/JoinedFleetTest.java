package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fleet told in several documents.
final class JoinedFleetTest {
    private static final String BASE =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: local}
            spec: {trustDomain: demo.proa, namespace: shop, services: []}
            """;

    @TempDir Path folder;

    private static String document(String... services) {
        return """
        apiVersion: proa.io/v1alpha1
        kind: Fleet
        metadata: {name: local}
        spec:
          services:
        """
                + String.join("\n", List.of(services).stream().map(s -> "  - " + s).toList())
                + "\n";
    }

    @Test
    void servicesOfAllDocumentsAreOneFleet() {
        CompiledFleet fleet =
                compiled(
                        BASE,
                        document("{name: web, command: x, port: 80, startAfter: [db]}"),
                        document("{name: db, command: x, port: 5432}"));
        assertThat(fleet.name()).isEqualTo("local");
        assertThat(fleet.trustDomain()).isEqualTo("demo.proa");
        assertThat(fleet.services())
                .extracting(service -> service.name().toString())
                .containsExactly("db.shop", "web.shop");
    }

    @Test
    void aFleetMayHaveNoServices() {
        assertThat(compiled(BASE).services()).isEmpty();
        assertThat(compiled(BASE).hosts()).isEmpty();
    }

    @Test
    void whatIsSaidTwiceMustAgree() {
        String other = BASE.replace("demo.proa", "other.proa").replace("shop", "store");
        assertThat(problems(BASE, BASE)).isEmpty();
        assertThat(problems(BASE, document("{name: a, command: x}"), other))
                .isEqualTo(
                        """
                        3.yaml:4:21: saw trustDomain 'other.proa', expected 'demo.proa' as at 1.yaml:4:21
                          hint: it is the whole fleet's: say it in one of its documents only
                        3.yaml:4:44: saw namespace 'store', expected 'shop' as at 1.yaml:4:43
                          hint: it is the whole fleet's: say it in one of its documents only
                        """);
    }

    @Test
    void aFleetOfAnotherNameDoesNotJoin() {
        assertThat(problems(BASE, BASE.replace("local", "other")))
                .isEqualTo(
                        """
                        2.yaml:1:1: saw a second Fleet, 'other', expected one ('local' at 1.yaml:1:1)
                          hint: give both the same name to join them, or start each on its own
                        """);
    }

    @Test
    void namesPortsAndCyclesAreCheckedAcrossDocuments() {
        assertThat(
                        problems(
                                document(
                                        "{name: a, command: x, port: 80, publish: 8080}",
                                        "{name: b, command: x, startAfter: [c], replicas: 2}"),
                                document(
                                        "{name: a, command: x, port: 80, publish: 8080}",
                                        "{name: c, command: x, startAfter: [b]}",
                                        "{name: b-2, command: x}")))
                .isEqualTo(
                        """
                        2.yaml:6:12: saw a second service 'a', the first is at 1.yaml:6:12
                          hint: rename one of them
                        2.yaml:6:46: service 'a' is published on port 8080, and so is 'a' at 1.yaml:6:46
                          hint: choose another port
                        2.yaml:7:40: saw a cycle in startAfter: b -> c -> b, expected none
                          hint: remove one of these
                        2.yaml:8:12: service 'b-2' is called like a pod of service 'b' at 1.yaml:7:12, expected another name
                          hint: rename one of them
                        """);
    }

    @Test
    void aFolderBesideTheFirstSourceMayBeEmptyOrMissing() throws IOException {
        Path base = Files.writeString(folder.resolve("base.yaml"), BASE);
        Path joined = folder.resolve("joined");
        var state =
                FleetState.open(
                        folder.resolve("state"),
                        List.of(base, joined),
                        AddressBlocks.DEFAULT,
                        null);
        assertThat(state.reload()).isInstanceOf(Compilation.Compiled.class);
        Files.createDirectory(joined);
        assertThat(state.reload()).isInstanceOf(Compilation.Compiled.class);
        Files.writeString(joined.resolve("web.yaml"), document("{name: web, command: x}"));
        assertThat(((Compilation.Compiled) state.reload()).fleet().services()).hasSize(1);
        Files.delete(base);
        assertThat(((Compilation.Compiled) state.reload()).fleet().services())
                .as("who has joined stays with the last good text of the file that is gone")
                .hasSize(1);
        assertThat(state.problems().getFirst().toString()).contains("base.yaml");
    }

    private static Compilation compile(String... documents) {
        var sources = new ArrayList<IntentSource>();
        for (int i = 0; i < documents.length; i++) {
            sources.add(new IntentSource((i + 1) + ".yaml", Path.of("/srv/fleet"), documents[i]));
        }
        return new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null)
                .compile(sources, new Problems());
    }

    private static CompiledFleet compiled(String... documents) {
        return switch (compile(documents)) {
            case Compilation.Compiled compiled -> compiled.fleet();
            case Compilation.Rejected rejected -> throw new AssertionError(rejected.problems());
        };
    }

    private static String problems(String... documents) {
        return switch (compile(documents)) {
            case Compilation.Compiled _ -> "";
            case Compilation.Rejected rejected -> IntentErrorsTest.text(rejected.problems());
        };
    }
}
