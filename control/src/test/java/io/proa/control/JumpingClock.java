package io.proa.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The machine's clock, set forward or back by a test.
final class JumpingClock implements InstantSource {
    private volatile Duration offset = Duration.ZERO;

    @Override
    public Instant instant() {
        return Instant.now().plus(offset);
    }

    void jump(Duration by) {
        offset = offset.plus(by);
    }
}
