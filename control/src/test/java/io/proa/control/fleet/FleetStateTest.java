package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.control.server.IntentWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FleetStateTest {
    private static final String FLEET =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: demo}
            spec:
              namespace: shop
              services:
              - {name: a, command: x}
              - {name: b, command: x, replicas: 3}
            """;

    @TempDir Path folder;

    @Test
    void revisionAndAddressesOutliveARestart() throws Exception {
        Path intent = write(FLEET);
        FleetState before = open();
        before.reload();
        write(FLEET.replace("{name: a, command: x}", "{name: z, command: x}"));
        before.reload();
        FleetState after = open();
        after.reload();
        assertThat(after.current()).isEqualTo(before.current());
        assertThat(revision(after)).isEqualTo(2);
        Files.delete(intent);
        after.reload();
        assertThat(after.current()).isEqualTo(before.current());
        assertThat(after.problems()).hasSize(1);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(
                                        folder.resolve("state/fleet-state.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aServiceIsKeptAsItWasUntilTheFilesChangeAgain() throws Exception {
        String ports = FLEET.replace("{name: a, command: x}", "{name: a, command: x, port: %d}");
        write(ports.formatted(80));
        FleetState state = open();
        state.reload();
        assertThat(state.keep("a")).isFalse(); // there is nothing earlier
        write(ports.formatted(81).replace("name: b, command: x", "name: b, command: x, port: 9"));
        state.reload();
        assertThat(ports(state)).containsExactly("a 81", "b 9");
        assertThat(state.keep("a")).isTrue();
        assertThat(ports(state)).containsExactly("a 80", "b 9");
        assertThat(revision(state)).isEqualTo(3);
        state.reload();
        assertThat(ports(state)).containsExactly("a 80", "b 9");
        assertThat(revision(state)).isEqualTo(3);
        assertThat(state.keep("c")).isFalse();
        write(ports.formatted(82));
        state.reload();
        assertThat(ports(state)).containsExactly("a 82");
        assertThat(state.keep("a")).isTrue(); // what was in use, not what was said
        assertThat(ports(state)).containsExactly("a 80");
    }

    private static List<String> ports(FleetState state) {
        List<String> ports = new ArrayList<>();
        for (FleetService service : Objects.requireNonNull(state.current()).fleet().services()) {
            service.mesh()
                    .ports()
                    .forEach(port -> ports.add(service.name().name() + " " + port.port()));
        }
        return ports;
    }

    /// The same revision is the same fleet.
    @Test
    void otherBlocksAreAnotherRevisionOfTheSameFile() throws Exception {
        write(FLEET);
        FleetState before = open();
        before.reload();
        AddressBlocks known = AddressBlocks.DEFAULT;
        var other =
                new AddressBlocks(
                        AddressBlocks.Block.parse("10.99.0.0/16"),
                        known.pods6(),
                        known.services4(),
                        known.services6());
        FleetState after = FleetState.open(folder.resolve("state"), intents(), other, null);
        after.reload();
        assertThat(revision(after)).isEqualTo(2);
    }

    @Test
    void smallerBlocksAreNotLeft() throws Exception {
        write(FLEET.replace("replicas: 3", "replicas: 40"));
        FleetState before = open();
        before.reload();
        var other =
                new AddressBlocks(
                        AddressBlocks.Block.parse("10.99.0.0/28"),
                        AddressBlocks.DEFAULT.pods6(),
                        AddressBlocks.DEFAULT.services4(),
                        AddressBlocks.DEFAULT.services6());
        FleetState after = FleetState.open(folder.resolve("state"), intents(), other, null);
        // numbers kept from larger blocks lead outside of smaller ones
        write(
                FLEET.replace(
                        "name: b, command: x, replicas: 3", "name: c, command: x, replicas: 12"));
        after.reload();
        assertThat(revision(after)).isEqualTo(2);
        CompiledFleet fleet = Objects.requireNonNull(after.current()).fleet();
        assertThat(fleet.services().stream().flatMap(s -> s.pods().stream()).toList())
                .allMatch(pod ->
                        IntentCompilerTest.ipv4(pod)
                                .getHostAddress()
                                .matches("10\\.99\\.0\\.([2-9]|1[0-4])"))
                .extracting(IntentCompilerTest::ipv4)
                .doesNotHaveDuplicates();
    }

    @Test
    void namespaceStaysWhileTheFleetLives() throws Exception {
        write(FLEET);
        FleetState state = open();
        state.reload();
        write(FLEET.replace("shop", "store"));
        state.reload();
        assertThat(IntentErrorsTest.text(state.problems()).replace(folder.toString(), "DIR"))
                .isEqualTo(
                        """
                        DIR/fleet.yaml:5:14: saw namespace 'store', expected 'shop' as before
                          hint: it is part of every identity: a namespace changes by starting anew
                        """);
        write(FLEET.replace("  namespace: shop\n", ""));
        state.reload();
        assertThat(state.problems().getFirst().message()).startsWith("saw namespace 'default'");
        assertThat(revision(state)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"revision\":1,\"digest\":\"\",\"pods\":{}}",
                "{\"revision\":-1,\"digest\":\"\",\"pods\":{},\"services\":{}}",
                "{\"revision\":1,\"digest\":\"\",\"pods\":{\"a\":-1},\"services\":{}}",
                "{\"revision\":1,\"digest\":\"\",\"pods\":{\"a\":1,\"b\":1},\"services\":{}}",
                "{\"revision\":1,\"digest\":\"\",\"pods\":{\"a\":\"1\"},\"services\":{}}"
            })
    void damagedStateIsNamedNotUsed(String text) throws Exception {
        write(FLEET);
        FleetState state = open();
        Files.writeString(folder.resolve("state/fleet-state.json"), text);
        assertThatThrownBy(state::reload)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged")
                .hasMessageContaining("remove it");
    }

    /// What could not be kept, for want of room say, is tried again without another change.
    @Test
    void changeIsTakenOnceItsStateCanBeKept() throws Exception {
        write(FLEET);
        FleetState state = open();
        var log = new ArrayList<String>();
        var watch = new IntentWatch(intents(), state, log::add);
        state.reload();
        Path kept = folder.resolve("state/fleet-state.json");
        String good = Files.readString(kept);
        Files.writeString(kept, "?");
        write(FLEET.replace("replicas: 3", "replicas: 4"));
        assertThat(watch.reloadIfChanged()).isFalse();
        assertThat(watch.reloadIfChanged()).isFalse();
        assertThat(log).singleElement().asString().contains("is damaged");
        Files.writeString(kept, good);
        assertThat(watch.reloadIfChanged()).isTrue();
        assertThat(watch.reloadIfChanged()).isFalse();
        assertThat(revision(state)).isEqualTo(2);
    }

    @Test
    void whoJoinsDoesSoWithTheLastGoodTextOfAFileThatHasAMistake() throws Exception {
        write(FLEET);
        FleetState state = open();
        state.reload();
        write(FLEET.replace("replicas", "replcas"));
        String guest =
                "{apiVersion: proa.io/v1alpha1, kind: Fleet, metadata: {name: demo}, spec: {services: %s}}";
        Path joined = Files.createDirectory(folder.resolve("joined"));
        Files.writeString(
                joined.resolve("late.yaml"), guest.formatted("[{name: late, command: x}]"));
        assertThat(state.reload()).isInstanceOf(Compilation.Compiled.class);
        assertThat(names(state)).containsExactly("a", "b", "late");
        assertThat(IntentErrorsTest.text(state.problems())).contains("'replcas'");
        Files.writeString(joined.resolve("late.yaml"), guest.formatted("[{name: late, x: x}]"));
        assertThat(state.reload())
                .isInstanceOfSatisfying(
                        Compilation.Rejected.class,
                        rejected ->
                                assertThat(rejected.problems())
                                        .isNotEmpty()
                                        .allMatch(each -> each.source().endsWith("late.yaml")));
        Files.delete(joined.resolve("late.yaml"));
        state.reload();
        assertThat(names(state)).containsExactly("a", "b");
        write(FLEET);
        state.reload();
        assertThat(state.problems()).isEmpty();
    }

    private static List<String> names(FleetState state) {
        return Objects.requireNonNull(state.current()).fleet().services().stream()
                .map(service -> service.name().name())
                .toList();
    }

    @Test
    void aMistakeThatIsSavedJustBeforeSomebodyElseReloadsIsToldOnce() throws Exception {
        write(FLEET);
        FleetState state = open();
        List<String> log = new ArrayList<>();
        var watch = new IntentWatch(intents(), state, log::add);
        state.reload();
        write(FLEET.replace("replicas", "replcas"));
        watch.reload();
        watch.reload();
        assertThat(watch.reloadIfChanged()).isFalse();
        assertThat(log).filteredOn(line -> line.contains("'replcas'")).hasSize(1);
        write(FLEET);
        watch.reload();
        write(FLEET.replace("replicas", "replcas"));
        assertThat(watch.reloadIfChanged()).isFalse();
        assertThat(log).filteredOn(line -> line.contains("'replcas'")).hasSize(2);
    }

    /// As long as one file of a megabyte can make it.
    @Test
    void longChainsOverflowNothing() throws Exception {
        String cycle = chain(20_000) + "  - {name: s20000, command: x, startAfter: [s0]}\n";
        write(cycle);
        FleetState state = open();
        state.reload();
        assertThat(state.problems()).hasSize(1);
        assertThat(state.problems().getFirst().message())
                .startsWith("saw a cycle in startAfter: s0 -> ... -> s19981 -> ")
                .endsWith(" -> s20000 -> s0, expected none");
        write(cycle.replace(", startAfter: [s0]", ""));
        assertThat(state.reload()).isInstanceOf(Compilation.Compiled.class);
    }

    @Test
    void manyMistakesHaveShortHints() throws Exception {
        write(chain(3000).replace("startAfter: [s", "startAfter: [unheard-of-"));
        FleetState state = open();
        state.reload();
        assertThat(state.problems()).hasSize(3000);
        assertThat(state.problems().getFirst().hint()).hasSizeLessThan(300).endsWith(", ...");
    }

    private static String chain(int length) {
        var chain = new StringBuilder(FLEET.substring(0, FLEET.indexOf("  - ")));
        for (int i = 0; i < length; i++) {
            chain.append("  - {name: s" + i + ", command: x, startAfter: [s" + (i + 1) + "]}\n");
        }
        return chain.toString();
    }

    private FleetState open() throws IOException {
        return FleetState.open(folder.resolve("state"), intents(), AddressBlocks.DEFAULT, null);
    }

    private List<Path> intents() {
        return List.of(folder.resolve("fleet.yaml"), folder.resolve("joined"));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("fleet.yaml"), text);
    }

    private static long revision(FleetState state) {
        return Objects.requireNonNull(state.current()).revision().number();
    }
}
