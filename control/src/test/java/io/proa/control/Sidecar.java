package io.proa.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.wire.ControlLink;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A sidecar that does nothing but remember what its link told it.
final class Sidecar implements ControlLink.Listener, AutoCloseable {
    final List<WorkloadIdentity> identities = new CopyOnWriteArrayList<>();
    final List<TrustBundle> bundles = new CopyOnWriteArrayList<>();
    final List<MeshSnapshot> snapshots = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();
    volatile boolean connected;
    volatile List<ConfigProblem> verdict = List.of();
    private final ControlLink link;

    Sidecar(Path socket, String pod, @Nullable String token, Path state, InstantSource clock) {
        link =
                ControlLink.start(
                        new ControlLink.Settings(socket, pod, token, state, "test"), this, clock);
    }

    /// Has the link look at the clock now and not within ten seconds.
    void lookAtTheClock() {
        link.subscribe(List.of());
    }

    @Override
    public void identity(WorkloadIdentity identity, TrustBundle bundle) {
        bundles.add(bundle);
        identities.add(identity);
    }

    @Override
    public List<ConfigProblem> snapshot(MeshSnapshot snapshot) {
        snapshots.add(snapshot);
        return verdict;
    }

    @Override
    public void state(boolean connected, String problem) {
        this.connected = connected;
        if (!problem.isEmpty()) {
            problems.add(problem);
        }
    }

    void subscribe(String... destinations) {
        link.subscribe(List.of(destinations).stream().map(IpPort::parse).toList());
    }

    void unsubscribe(String... destinations) {
        link.unsubscribe(List.of(destinations).stream().map(IpPort::parse).toList());
    }

    boolean hasProblem(String part) {
        return problems.stream().anyMatch(problem -> problem.contains(part));
    }

    MeshSnapshot last() {
        return snapshots.getLast();
    }

    Sidecar ready() {
        eventually("identity and snapshot", () -> !identities.isEmpty() && !snapshots.isEmpty());
        return this;
    }

    @Override
    public void close() {
        link.close();
    }

    void eventually(String what, BooleanSupplier condition) {
        awaitThat(what + ", problems: " + problems, condition);
    }

    /// A condition that has held once need not hold again: it may be an act of its own.
    static void awaitThat(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() < end) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            holds = condition.getAsBoolean();
        }
        assertThat(holds).as(what).isTrue();
    }
}
