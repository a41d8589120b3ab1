package io.proa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LinkTimesTest {
    @Test
    void pausesGrowToFiveSecondsAndEndWithTheFirstSnapshot() {
        var times = new LinkTimes(() -> 0);
        long[] pauses = {100, 200, 400, 800, 1600, 3200, 5000, 5000};
        for (long pause : pauses) {
            times.lost(1000);
            assertThat(times.mayConnect(1000 + pause - 1)).isFalse();
            assertThat(times.mayConnect(1000 + pause)).isTrue();
            assertThat(times.untilNext(1000, false, 60_000)).isEqualTo(pause);
        }
        times.greeted();
        times.lost(2000);
        assertThat(times.untilNext(2000, false, 60_000)).isEqualTo(100);
    }

    @Test
    void chanceShortensAPauseByHalfAtMost() {
        for (long chance : new long[] {0, 1, 49, 50, 51, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            var times = new LinkTimes(() -> chance);
            times.lost(0);
            assertThat(times.untilNext(0, false, 60_000)).isBetween(50L, 100L);
        }
    }

    @Test
    void silenceIsOverdueAfterTenSeconds() {
        var times = new LinkTimes(() -> 0);
        assertThat(times.mayConnect(Long.MIN_VALUE / 2)).isTrue();
        times.connected(0);
        assertThat(times.isOverdue(9999)).isFalse();
        assertThat(times.isOverdue(10_000)).isTrue();
        times.greeted();
        assertThat(times.isOverdue(10_000)).isFalse();
        times.askedForCertificate(20_000);
        assertThat(times.untilNext(25_000, true, 60_000)).isEqualTo(5000);
        assertThat(times.isOverdue(30_000)).isTrue();
        times.gotCertificate();
        assertThat(times.untilNext(30_000, true, 60_000)).isEqualTo(60_000);
        times.askedForCertificate(30_000);
        times.lost(31_000);
        assertThat(times.isOverdue(90_000)).isFalse();
    }
}
