package io.proa.app.launcher;

import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunningPod;
import java.io.IOException;

/// What happens inside pods without the launcher: their process 1 starts sidecars again, and says
/// so in the sidecar's log. For one thread.
final class SidecarNews {
    private static final String SAID = "proa pod ";

    private final FleetRunner fleet;
    private final LogFollower logs;

    SidecarNews(FleetRunner fleet, Progress progress) {
        this.fleet = fleet;
        this.logs =
                new LogFollower((_, line) -> {
                    if (line.startsWith(SAID)) {
                        progress.news(line.substring(SAID.length()));
                    }
                });
    }

    void look() {
        try {
            for (RunningPod pod : fleet.pods()) {
                logs.follow(pod.name(), fleet.sidecarLog(pod.name()), Integer.MAX_VALUE);
            }
            logs.look();
        } catch (IOException _) {
            // The next look tries again.
        }
    }
}
