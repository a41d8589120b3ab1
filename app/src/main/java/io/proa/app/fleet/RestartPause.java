package io.proa.app.fleet;

import java.time.Duration;

/// How long to wait before a process that ended is started again: 0.2 s, then twice as long each
/// time up to 30 s, and from the beginning after one that lived for 10 s. For one thread.
final class RestartPause {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LIFE = Duration.ofSeconds(10);

    private Duration next = FIRST;

    /// @param lived how long the process was there
    Duration after(Duration lived) {
        if (lived.compareTo(LIFE) >= 0) {
            next = FIRST;
        }
        Duration pause = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return pause;
    }

    /// As a sentence says it.
    static String shown(Duration pause) {
        long millis = pause.toMillis();
        return millis < 1000 ? "0." + millis / 100 + " s" : millis / 1000 + " s";
    }
}
