package io.proa.control.intent;

import java.time.Duration;
import java.util.List;

/// How to tell that an application works, beyond that it runs. It is asked within its own pod.
///
/// @param interval from the end of one check to the next, 100 ms to 1 h
/// @param timeout a check that takes longer has failed, 10 ms to 1 h
/// @param failures so many in a row make a healthy application unhealthy, 1 to 100
/// @param startWithin how long failures do not count, until the first success; 1 s to 1 h
public record HealthCheck(
        Probe probe, Duration interval, Duration timeout, int failures, Duration startWithin) {
    /// What one check does.
    public sealed interface Probe {
        /// Succeeds with a status from 200 to 399.
        ///
        /// @param path begins with `/`
        /// @param port where the application listens
        record Http(String path, int port) implements Probe {}

        /// Succeeds when a connection is accepted.
        ///
        /// @param port where the application listens
        record Tcp(int port) implements Probe {}

        /// Succeeds with exit code 0.
        ///
        /// @param command program and arguments, never empty; run in the application's folder with
        ///   its environment
        record Command(List<String> command) implements Probe {
            public Command {
                command = List.copyOf(command);
            }
        }
    }
}
