package io.proa.proving.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What the data plane must not do: read clocks, sleep, roll its own dice, lock, wait for a future,
/// end the process.
class DataPlaneRulesTest {
    private static final Set<String> TIME_AND_CHANCE =
            Set.of(
                    "java.lang.System.nanoTime",
                    "java.lang.System.currentTimeMillis",
                    "java.lang.Thread.sleep",
                    "java.lang.Math.random",
                    "java.util.concurrent.ThreadLocalRandom.current");

    private static final Set<String> ENVIRONMENT_AND_EXIT =
            Set.of(
                    "java.lang.System.getenv",
                    "java.lang.System.exit",
                    "java.lang.Runtime.exit",
                    "java.lang.Runtime.halt");

    @Test
    void timeAndChanceAreArguments() {
        noClasses()
                .that(Production.inRooms(Set.of("traffic", "formats")))
                .should()
                .accessTargetWhere(Production.useOf(TIME_AND_CHANCE))
                .check(Production.CLASSES);
    }

    @Test
    void onlyTheLoopReadsTheClock() {
        Set<String> readers =
                Set.of(
                        // The real clock, which it hands to everybody else.
                        "io.proa.proxy.loop.Loop",
                        // drain() waits on the caller's thread, which is never a loop's.
                        "io.proa.proxy.DataPlane");
        noClasses()
                .that(Production.inRooms(Set.of("proxy")))
                .and(Production.except(readers))
                .should()
                .accessTargetWhere(Production.useOf(TIME_AND_CHANCE))
                .check(Production.CLASSES);
    }

    @Test
    void nothingLocksOrAwaitsFutures() {
        Set<String> offTheLoops =
                Set.of(
                        // The launcher's view of the application's process; no sidecar runs it.
                        "io.proa.host.ApplicationProcess",
                        // One sender at a time on the connection to the control plane, which has
                        // plain blocking threads of its own.
                        "io.proa.wire.FramedWire");
        noClasses()
                .that(
                        Production.inRooms(
                                Set.of(
                                        "model",
                                        "formats",
                                        "traffic",
                                        "identity",
                                        "host",
                                        "telemetry",
                                        "wire",
                                        "proxy")))
                .and(Production.except(offTheLoops))
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.describe(
                                "are futures or locks",
                                type ->
                                        type.getName()
                                                        .equals(
                                                                "java.util.concurrent.CompletableFuture")
                                                || type.getPackageName()
                                                                .equals(
                                                                        "java.util.concurrent.locks")
                                                        // Wakes a thread; guards nothing.
                                                        && !type.getSimpleName()
                                                                .equals("LockSupport")))
                .check(Production.CLASSES);
    }

    /// Sees methods, not blocks: class files keep no trace that this library reads of the latter.
    @Test
    void noMethodOfTheDataPathIsSynchronized() {
        Set<String> offTheLoops =
                Set.of(
                        // start() and publish() are called by those who assemble the sidecar.
                        "io.proa.proxy.DataPlane",
                        // Overrides Throwable.fillInStackTrace, which is declared so, to do
                        // nothing.
                        "io.proa.proxy.loop.TlsBroken");
        noMethods()
                .that()
                .areDeclaredInClassesThat(
                        Production.inRooms(Set.of("model", "formats", "traffic", "proxy"))
                                .and(Production.except(offTheLoops)))
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .check(Production.CLASSES);
    }

    @Test
    void onlyProgramsReadTheEnvironmentOrEndTheProcess() {
        Set<String> programs =
                Set.of(
                        // Mains of their own, whose exit code is their verdict; never shipped.
                        "io.proa.proving.amplification.AmplificationProof",
                        "io.proa.proving.attack.AttackProof",
                        "io.proa.proving.bridge.BridgeProof",
                        "io.proa.proving.fuzz.Fuzzer",
                        "io.proa.proving.identical.IdenticalBehaviour",
                        "io.proa.proving.sizes.SizesProof",
                        "io.proa.proving.transparency.TransparencyProof");
        noClasses()
                .that(DescribedPredicate.not(Production.inRooms(Set.of("sidecar", "app"))))
                .and(Production.except(programs))
                .should()
                .accessTargetWhere(Production.useOf(ENVIRONMENT_AND_EXIT))
                .check(Production.CLASSES);
    }
}
