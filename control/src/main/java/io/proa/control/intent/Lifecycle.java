package io.proa.control.intent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How an application is looked after once it is started.
///
/// @param healthCheck null = none: it is well while it runs, and ready when it listens
/// @param drain how long it has to end after it was asked to, 0 s to 1 h; then it is killed
public record Lifecycle(@Nullable HealthCheck healthCheck, RestartPolicy restart, Duration drain) {
    /// What holds where a document says nothing.
    public static final Lifecycle DEFAULT =
            new Lifecycle(null, RestartPolicy.ON_FAILURE, Duration.ofSeconds(10));
}
