package io.proa.control.server;

import java.time.Instant;
import java.time.InstantSource;

/// Begins with the machine's time and then only goes forward, at the pace of the hardware: for
/// waits and lifetimes that a correction of the wall clock must neither cut nor stretch. Comparable
/// with itself only.
public final class SteadyClock implements InstantSource {
    private final Instant began = Instant.now();
    private final long origin = System.nanoTime();

    @Override
    public Instant instant() {
        return began.plusNanos(System.nanoTime() - origin);
    }
}
