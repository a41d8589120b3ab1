package io.proa.app.fleet;

import io.proa.control.intent.HealthCheck;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Whether one application works, looked at again and again. Safe for use by several threads.
final class Health {
    private final FleetSite site;
    private final MeshedPod home;
    private final @Nullable HealthCheck check;
    private volatile State state = State.UNKNOWN;
    private volatile String latest = "it has not been asked yet";

    /// What is known.
    enum State {
        UNKNOWN,
        GOOD,
        BAD
    }

    Health(FleetSite site, MeshedPod home) {
        this.site = site;
        this.home = home;
        this.check = home.service().care().healthCheck();
    }

    boolean isChecked() {
        return check != null;
    }

    State state() {
        return state;
    }

    /// What the last look that was not good has seen.
    String latest() {
        return latest;
    }

    /// A new life begins.
    void forget() {
        state = State.UNKNOWN;
    }

    /// Looks until told to stop.
    ///
    /// @param running whether there is an application to look at
    /// @param over whether to stop
    void begin(BooleanSupplier running, BooleanSupplier over) {
        if (check != null) {
            Thread.ofVirtual()
                    .name("health of " + home.name())
                    .start(() -> watch(check, running, over));
        }
    }

    private void watch(HealthCheck check, BooleanSupplier running, BooleanSupplier over) {
        HealthProbe probe = new HealthProbe(site, home, check);
        long begun = System.nanoTime();
        int failures = 0;
        try {
            while (!over.getAsBoolean()) {
                if (running.getAsBoolean()) {
                    String seen = probe.look();
                    if (seen.isEmpty()) {
                        failures = 0;
                        good();
                    } else {
                        latest = seen;
                        boolean counts =
                                state != State.UNKNOWN
                                        || System.nanoTime() - begun
                                                > check.startWithin().toNanos();
                        failures = counts ? failures + 1 : 0;
                        bad(failures >= check.failures());
                    }
                }
                Thread.sleep(check.interval());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void good() {
        if (state == State.BAD) {
            site.progress().news(home.name() + " is healthy again");
        }
        state = State.GOOD;
    }

    private void bad(boolean enough) {
        if (enough && state != State.BAD) {
            state = State.BAD;
            site.progress().news(home.name() + " is unhealthy: " + latest);
        }
    }
}
