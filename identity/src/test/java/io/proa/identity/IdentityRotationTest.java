package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityRotationTest {
    private static final Instant FROM = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant UNTIL = FROM.plusSeconds(3600);

    private final IdentityRotation rotation = new IdentityRotation(new Random(7)::nextLong);

    @Test
    void renewsAtHalfLifeOrUpToATenthBefore() {
        Instant earliest = UNTIL;
        Instant latest = FROM;
        for (int i = 0; i < 1000; i++) {
            Instant at = rotation.renewAt(FROM, UNTIL);
            earliest = at.isBefore(earliest) ? at : earliest;
            latest = at.isAfter(latest) ? at : latest;
        }
        assertThat(earliest).isBetween(FROM.plusSeconds(1440), FROM.plusSeconds(1460));
        assertThat(latest).isBetween(FROM.plusSeconds(1780), FROM.plusSeconds(1800));
    }

    @Test
    void toleratesALifetimeOfNothing() {
        assertThat(rotation.renewAt(FROM, FROM)).isEqualTo(FROM);
        assertThat(rotation.renewAt(UNTIL, FROM)).isEqualTo(UNTIL);
    }

    @Test
    void pausesGrowToHalfAMinute() {
        assertThat(rotation.pauseAfter(1, FROM, UNTIL))
                .isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
        assertThat(rotation.pauseAfter(3, FROM, UNTIL))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(rotation.pauseAfter(1_000_000, FROM, UNTIL))
                .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }

    @Test
    void pausesShrinkAsExpiryNearsAndStayBoundedBehindIt() {
        assertThat(rotation.pauseAfter(9, UNTIL.minusSeconds(8), UNTIL))
                .isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(rotation.pauseAfter(9, UNTIL.minusMillis(3), UNTIL))
                .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(rotation.pauseAfter(9, UNTIL.plusSeconds(3), UNTIL))
                .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
}
