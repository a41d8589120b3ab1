package io.proa.wire;

import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A sidecar's line to its control plane: gets and renews its identity, and keeps its snapshot
/// current.
///
/// One daemon thread of its own; nothing but [#close] ever blocks the caller. On start it first
/// hands over the last good identity and snapshot from disk, so that the sidecar serves without its
/// control plane; then it connects, again and again with growing pauses. Each new good identity and
/// snapshot is kept on disk. After each connect it subscribes anew to all that is wanted, beginning
/// with what the snapshot from disk held.
public interface ControlLink extends AutoCloseable {
    /// @param socket the control plane's Unix socket
    /// @param token single-use, only needed while the state folder holds no identity; null = none
    /// @param state folder for the last good identity and snapshot; made with mode 0700 where it is
    ///   missing
    record Settings(
            Path socket, String pod, @Nullable String token, Path state, String sidecarVersion) {
        /// Never the token.
        @Override
        public String toString() {
            return "ControlLink.Settings[" + pod + " at " + socket + ", state " + state + "]";
        }
    }

    /// Called on the link's own thread, one call at a time; what is thrown here is reported through
    /// [#state] and ends nothing.
    interface Listener {
        /// A new identity or new roots; use both from now on.
        void identity(WorkloadIdentity identity, TrustBundle bundle);

        /// A new snapshot.
        ///
        /// @return all that is wrong with it; empty = it is in use from now on. Otherwise the last
        ///   good one stays
        List<ConfigProblem> snapshot(MeshSnapshot snapshot);

        /// What is the matter, in one sentence with its next step; empty = nothing. Called on each
        /// change, and on each fruitless attempt to renew an identity.
        void state(boolean connected, String problem);
    }

    /// @throws UncheckedIOException where the machine has no selector to give
    static ControlLink start(Settings settings, Listener listener) {
        return start(settings, listener, InstantSource.system());
    }

    /// As above, by another wall clock than the machine's.
    static ControlLink start(Settings settings, Listener listener, InstantSource clock) {
        return FramedLink.start(
                settings,
                listener,
                clock,
                () -> System.nanoTime() / 1_000_000,
                () -> ThreadLocalRandom.current().nextLong());
    }

    /// Asks for destinations: the answer is a snapshot in which each belongs to a service or is
    /// `outside`.
    void subscribe(Collection<IpPort> destinations);

    void unsubscribe(Collection<IpPort> destinations);

    /// Ends the line, not what came over it. Returns when the listener is called no more and the
    /// state folder is a successor's to use, after 2 s at the latest; unlike the rest it blocks.
    @Override
    void close();
}
