package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.control.intent.Program;
import io.proa.host.Home;
import io.proa.host.PodSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the pods of a fleet stand on: a network of the fleet's own, or the machine's loopback. Safe
/// for use by several threads.
sealed interface Ground extends AutoCloseable permits NetworkGround, LoopbackGround {
    /// Makes a pod; its sidecar is started when this returns.
    ///
    /// @throws Fault where it would not be alone with what it needs
    Home make(MeshedPod.Order order, PodSpec.Sidecar sidecar) throws IOException;

    /// What is wrong with a program that wants to join.
    ///
    /// @param listeners which service has which port of a loopback that all of them share
    /// @throws Fault where something is
    void check(Joining joining, Map<Integer, String> listeners);

    /// What its sidecar is told of where it is.
    List<String> sidecarOptions(MeshedPod.Order order) throws IOException;

    /// Added to the environment of programs, where that does not say otherwise.
    ///
    /// @param own what a program's environment is without
    Map<String, String> variables(FleetPlan.PodPlan pod, Map<String, String> own);

    /// Ends one of its pods.
    ///
    /// @param grace how long applications may take to end
    void remove(Home home, Duration grace) throws IOException;

    /// What every pod resolves from now on.
    void updateHosts(Map<String, List<InetAddress>> names) throws IOException;

    /// Whether it is gone, and all pods with it.
    boolean isLost();

    @Override
    void close();

    /// Numbers of the user that a document names.
    static PodSpec.@Nullable User user(Program.@Nullable User said) throws IOException {
        if (said == null) {
            return null;
        }
        return Account.find(said)
                .orElseThrow(() -> new IOException("nobody here is called '" + said.name() + "'"));
    }
}
