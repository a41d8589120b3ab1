package io.proa.proving.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which room may use which, and which library may be seen where.
class RoomsTest {
    private static final Set<String> ALL_BELOW_APP =
            Set.of(
                    "model",
                    "formats",
                    "traffic",
                    "identity",
                    "host",
                    "telemetry",
                    "wire",
                    "proxy",
                    "control",
                    "sidecar");

    /// For those who prove; nobody may use them in turn.
    private static final Set<String> ALL =
            Stream.concat(ALL_BELOW_APP.stream(), Stream.of("app"))
                    .collect(Collectors.toUnmodifiableSet());

    /// The allow-list. What is not here is forbidden, a room that is not here as well.
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("model", Set.of()),
                    Map.entry("formats", Set.of()),
                    Map.entry("traffic", Set.of("model")),
                    Map.entry("identity", Set.of("model")),
                    Map.entry("host", Set.of("model")),
                    Map.entry("telemetry", Set.of("model", "traffic")),
                    Map.entry("wire", Set.of("model", "identity")),
                    Map.entry(
                            "proxy",
                            Set.of("model", "formats", "traffic", "identity", "host", "telemetry")),
                    Map.entry("control", Set.of("model", "identity", "telemetry", "wire")),
                    Map.entry(
                            "sidecar",
                            Set.of(
                                    "model",
                                    "formats",
                                    "traffic",
                                    "identity",
                                    "host",
                                    "telemetry",
                                    "wire",
                                    "proxy")),
                    Map.entry("app", ALL_BELOW_APP),
                    Map.entry("proving", ALL));

    static Set<String> rooms() {
        return new TreeSet<>(MAY_USE.keySet());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void usesOnlyTheRoomsAllowed(String room) {
        Set<String> allowed = MAY_USE.getOrDefault(room, Set.of());
        DescribedPredicate<JavaClass> otherRooms =
                DescribedPredicate.describe(
                        "are in a room other than " + allowed,
                        type -> {
                            String other = Production.roomOf(type);
                            return !other.isEmpty()
                                    && !other.equals(room)
                                    && !allowed.contains(other);
                        });
        noClasses()
                .that(Production.inRooms(Set.of(room)))
                .should()
                .dependOnClassesThat(otherRooms)
                // A room may be empty but for its description.
                .allowEmptyShould(true)
                .check(Production.CLASSES);
    }

    @Test
    void knowsEveryRoom() {
        Set<String> found = new TreeSet<>();
        Production.CLASSES.forEach(type -> found.add(Production.roomOf(type)));
        assertThat(MAY_USE.keySet()).containsAll(found);
        // Were a room missing from the class path, its rules would hold by silence.
        assertThat(found)
                .contains(
                        "model",
                        "formats",
                        "traffic",
                        "identity",
                        "host",
                        "telemetry",
                        "wire",
                        "proxy",
                        "control",
                        "sidecar",
                        "app");
    }

    @Test
    void proxyPackagesHaveNoCycles() {
        JavaClasses proxy =
                Production.CLASSES.that(
                        DescribedPredicate.describe(
                                "proxy", type -> Production.roomOf(type).equals("proxy")));
        slices().matching("io.proa.(**)").should().beFreeOfCycles().check(proxy);
    }

    @Test
    void nettyIsSeenOnlyInIdentity() {
        keptIn("io.netty..", "io.proa.identity");
    }

    @Test
    void foreignCallsAreMadeOnlyInHost() {
        keptIn("java.lang.foreign..", "io.proa.host");
    }

    @Test
    void bouncyCastleIsSeenOnlyWhereCertificatesAreIssued() {
        keptIn("org.bouncycastle..", "io.proa.control.authority");
    }

    @Test
    void jsonLibraryIsNotOnTheDataPath() {
        noClasses()
                .that(Production.inRooms(Set.of("proxy", "traffic", "formats", "telemetry")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson..")
                .check(Production.CLASSES);
    }

    private static void keptIn(String library, String home) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(Production.CLASSES);
    }
}
