package io.proa.traffic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long START = 123_456_789_012L;
    private static final long MS = 1_000_000;

    private final TimerWheel wheel = new TimerWheel(START);
    private final List<String> fired = new ArrayList<>();

    private Timeout named(String name) {
        return new Timeout() {
            @Override
            protected void expired(long nowNanos) {
                fired.add(name);
            }
        };
    }

    @Test
    void sleepsForeverWhenEmpty() {
        assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.advance(START + 1_000 * MS)).isZero();
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void firesOnceNeverEarlyAndAtMostOneTickLate() {
        Timeout one = named("one");
        wheel.schedule(one, START + 10 * MS);
        assertThat(one.armed()).isTrue();
        assertThat(wheel.advance(START + 10 * MS - 1)).isZero();
        assertThat(wheel.advance(START + 10 * MS + TimerWheel.TICK_NANOS)).isEqualTo(1);
        assertThat(one.armed()).isFalse();
        assertThat(wheel.advance(START + 1_000 * MS)).isZero();
        assertThat(fired).containsExactly("one");
    }

    @Test
    void movesAnArmedTimeout() {
        Timeout one = named("one");
        wheel.schedule(one, START + 10 * MS);
        wheel.schedule(one, START + 5_000 * MS);
        assertThat(wheel.armed()).isEqualTo(1);
        assertThat(wheel.advance(START + 4_999 * MS)).isZero();
        assertThat(wheel.advance(START + 5_002 * MS)).isEqualTo(1);
    }

    @Test
    void neverIsDisarming() {
        Timeout one = named("one");
        wheel.schedule(one, START + 10 * MS);
        wheel.schedule(one, Long.MAX_VALUE);
        assertThat(one.armed()).isFalse();
        assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aTimeThatHasPassedMeansTheNextTick() {
        wheel.advance(START + 50 * MS);
        wheel.schedule(named("late"), START - 1);
        assertThat(wheel.nextDeadline())
                .isLessThanOrEqualTo(START + 50 * MS + TimerWheel.TICK_NANOS);
        assertThat(wheel.advance(wheel.nextDeadline())).isEqualTo(1);
    }

    @Test
    void aTimeoutMayRearmItselfFromWithin() {
        int[] count = {0};
        Timeout again =
                new Timeout() {
                    @Override
                    protected void expired(long nowNanos) {
                        if (++count[0] < 5) {
                            wheel.schedule(this, nowNanos);
                        }
                    }
                };
        wheel.schedule(again, START + MS);
        for (int i = 1; i <= 20; i++) {
            wheel.advance(START + i * 2 * MS);
        }
        assertThat(count[0]).isEqualTo(5);
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void aTimeoutMayCancelItsNeighbourFromWithin() {
        Timeout victim = named("victim");
        Timeout other = named("other");
        Timeout killer =
                new Timeout() {
                    @Override
                    protected void expired(long nowNanos) {
                        victim.cancel();
                        other.cancel();
                    }
                };
        wheel.schedule(victim, START + 10 * MS);
        wheel.schedule(killer, START + 10 * MS);
        wheel.schedule(other, START + 11 * MS);
        assertThat(wheel.advance(START + 100 * MS)).isLessThanOrEqualTo(2);
        assertThat(fired).doesNotContain("other");
        assertThat(wheel.armed()).isZero();
        assertThat(wheel.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void wakesSeldomForFarTimeouts() {
        wheel.schedule(named("far"), START + 300_000 * MS);
        int wakes = 0;
        while (wheel.armed() > 0) {
            wheel.advance(wheel.nextDeadline());
            wakes++;
        }
        assertThat(wakes).isLessThanOrEqualTo(4);
        assertThat(fired).containsExactly("far");
    }

    @Test
    void agreesWithASortedMapOverRandomOperations() {
        for (int seed = 0; seed < 40; seed++) {
            new Oracle(seed).run();
        }
    }

    /// Random arming, moving, cancelling and advancing, from within timeouts too, against a sorted
    /// map.
    private static final class Oracle {
        private final SplittableRandom random;
        private final TreeMap<Long, List<Tracked>> expected = new TreeMap<>();
        private final Tracked[] all = new Tracked[300];
        private long now = START;
        private final TimerWheel wheel = new TimerWheel(START);

        Oracle(int seed) {
            random = new SplittableRandom(seed);
            for (int i = 0; i < all.length; i++) {
                all[i] = new Tracked();
            }
        }

        private final class Tracked extends Timeout {
            private long at = -1;

            @Override
            protected void expired(long nowNanos) {
                assertThat(at).as("early by %s", at - nowNanos).isLessThanOrEqualTo(nowNanos);
                forget();
                if (random.nextInt(4) == 0) {
                    arm(all[random.nextInt(all.length)]);
                }
                if (random.nextInt(4) == 0) {
                    disarm(all[random.nextInt(all.length)]);
                }
            }

            private void forget() {
                List<Tracked> same = requireNonNull(expected.get(at));
                same.remove(this);
                if (same.isEmpty()) {
                    expected.remove(at);
                }
                at = -1;
            }
        }

        private void arm(Tracked timeout) {
            disarm(timeout);
            long magnitude = 1L << random.nextInt(10, 52);
            long wanted = now + random.nextLong(magnitude) - magnitude / 16;
            timeout.at = Math.max(wanted, now);
            expected.computeIfAbsent(timeout.at, _ -> new ArrayList<>()).add(timeout);
            wheel.schedule(timeout, wanted);
        }

        private void disarm(Tracked timeout) {
            if (timeout.at >= 0) {
                timeout.forget();
            }
            timeout.cancel();
        }

        void run() {
            for (int step = 0; step < 4_000; step++) {
                Tracked one = all[random.nextInt(all.length)];
                switch (random.nextInt(4)) {
                    case 0, 1 -> arm(one);
                    case 2 -> disarm(one);
                    default -> advance();
                }
                int armed = expected.values().stream().mapToInt(List::size).sum();
                assertThat(wheel.armed()).isEqualTo(armed);
                if (armed > 0) {
                    assertThat(wheel.nextDeadline())
                            .isLessThan(
                                    Math.max(expected.firstKey(), now) + 2 * TimerWheel.TICK_NANOS);
                }
            }
        }

        private void advance() {
            now +=
                    random.nextInt(3) == 0
                            ? Math.max(0, Math.min(wheel.nextDeadline(), now + (1L << 50)) - now)
                            : random.nextLong(1L << random.nextInt(10, 40));
            wheel.advance(now);
            if (!expected.isEmpty()) {
                assertThat(expected.firstKey()).isGreaterThan(now - 2 * TimerWheel.TICK_NANOS);
            }
        }
    }
}
