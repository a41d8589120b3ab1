package io.proa.traffic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class PeakEwmaBalancerTest {
    private static final long MS = 1_000_000;

    private final Dice dice = Dice.seeded(7);
    private final PeakEwmaBalancer<String> balancer = new PeakEwmaBalancer<>(_ -> 1);

    /// How an endpoint of the simulation behaves.
    private record Behaviour(long latencyNanos, int failuresPerThousand) {}

    private record Call(long endsAt, Loaded<String> to, long latency, boolean success) {}

    /// Open-loop traffic at `rate` a second for `seconds`; answers the calls by endpoint.
    private Map<String, Integer> simulate(
            PeakEwmaBalancer<String> over,
            Map<String, Behaviour> behaviours,
            long from,
            int seconds,
            int rate) {
        Map<String, Integer> calls = new HashMap<>();
        PriorityQueue<Call> open = new PriorityQueue<>((a, b) -> Long.compare(a.endsAt, b.endsAt));
        long step = 1_000 * MS / rate;
        for (long now = from; now < from + seconds * 1_000L * MS; now += step) {
            while (!open.isEmpty() && open.peek().endsAt <= now) {
                Call over1 = open.poll();
                over1.to.end(over1.endsAt, over1.latency, over1.success);
            }
            Loaded<String> to = requireNonNull(over.pick(dice, now, null));
            Behaviour behaviour = requireNonNull(behaviours.get(to.endpoint()));
            to.begin(now);
            calls.merge(to.endpoint(), 1, Integer::sum);
            boolean success = dice.below(1_000) >= behaviour.failuresPerThousand;
            long latency = behaviour.latencyNanos * (80 + dice.below(40)) / 100;
            open.add(new Call(now + latency, to, latency, success));
        }
        while (!open.isEmpty()) {
            Call last = open.poll();
            last.to.end(last.endsAt, last.latency, last.success);
        }
        return calls;
    }

    @Test
    void picksNothingFromNothing() {
        assertThat(balancer.pick(dice, 0, null)).isNull();
        assertThat(balancer.size()).isZero();
    }

    @Test
    void sharesEvenlyAmongEquals() {
        balancer.update(List.of("a", "b", "c"), 0);
        Map<String, Integer> calls =
                simulate(
                        balancer,
                        Map.of(
                                "a", new Behaviour(5 * MS, 0),
                                "b", new Behaviour(5 * MS, 0),
                                "c", new Behaviour(5 * MS, 0)),
                        0,
                        20,
                        2_000);
        assertThat(calls.values()).allMatch(count -> count > 40_000 / 3 * 0.85);
    }

    @Test
    void shiftsLoadOffASlowEndpoint() {
        balancer.update(List.of("fast", "slow", "fast2"), 0);
        Map<String, Integer> calls =
                simulate(
                        balancer,
                        Map.of(
                                "fast", new Behaviour(5 * MS, 0),
                                "fast2", new Behaviour(5 * MS, 0),
                                "slow", new Behaviour(100 * MS, 0)),
                        0,
                        20,
                        1_000);
        assertThat(calls.get("slow")).isLessThan(20_000 / 50);
    }

    @Test
    void givesAnEndpointThatHasRecoveredItsShareBack() {
        balancer.update(List.of("a", "b"), 0);
        Map<String, Behaviour> sick =
                Map.of("a", new Behaviour(5 * MS, 0), "b", new Behaviour(200 * MS, 0));
        simulate(balancer, sick, 0, 10, 500);
        Map<String, Behaviour> well =
                Map.of("a", new Behaviour(5 * MS, 0), "b", new Behaviour(5 * MS, 0));
        simulate(balancer, well, 10_000 * MS, 60, 500);
        Map<String, Integer> calls = simulate(balancer, well, 70_000 * MS, 20, 500);
        assertThat(calls.get("b")).isGreaterThan(10_000 / 4);
    }

    @Test
    void anEndpointThatFailsFastAttractsNoTraffic() {
        balancer.update(List.of("well", "dead"), 0);
        Map<String, Integer> calls =
                simulate(
                        balancer,
                        Map.of(
                                "well",
                                new Behaviour(20 * MS, 0),
                                "dead",
                                new Behaviour(MS / 10, 1_000)),
                        0,
                        30,
                        1_000);
        assertThat(calls.get("dead")).isLessThan(30_000 / 100);
    }

    @Test
    void anEndpointThatFailsSeldomKeepsWorking() {
        balancer.update(List.of("well", "flaky"), 0);
        Map<String, Integer> calls =
                simulate(
                        balancer,
                        Map.of(
                                "well",
                                new Behaviour(10 * MS, 0),
                                "flaky",
                                new Behaviour(10 * MS, 50)),
                        0,
                        30,
                        1_000);
        assertThat(calls.get("flaky")).isGreaterThan(30_000 / 10);
    }

    @Test
    void sharesByWeightUnderLoad() {
        PeakEwmaBalancer<String> weighted =
                new PeakEwmaBalancer<>(name -> name.equals("big") ? 3 : 1);
        weighted.update(List.of("big", "small"), 0);
        Map<String, Integer> calls =
                simulate(
                        weighted,
                        Map.of(
                                "big",
                                new Behaviour(50 * MS, 0),
                                "small",
                                new Behaviour(50 * MS, 0)),
                        0,
                        20,
                        1_000);
        assertThat(requireNonNull(calls.get("big")) * 1.0 / requireNonNull(calls.get("small")))
                .isBetween(2.4, 3.6);
    }

    @Test
    void avoidsTheOneThatHasJustFailedIfThereIsAnother() {
        balancer.update(List.of("a", "b", "c"), 0);
        for (int i = 0; i < 200; i++) {
            Loaded<String> first = balancer.pick(dice, i, null);
            Loaded<String> second = balancer.pick(dice, i, first);
            assertThat(second).isNotNull().isNotSameAs(first);
        }
        balancer.update(List.of("a"), 0);
        Loaded<String> only = balancer.pick(dice, 0, null);
        assertThat(balancer.pick(dice, 0, only)).isSameAs(only);
    }

    @Test
    void keepsWhatItKnowsOfEndpointsThatStay() {
        balancer.update(List.of("a", "b"), 0);
        Loaded<String> a = pickNamed("a");
        a.begin(0);
        balancer.update(List.of("c", "a", "a"), 1);
        assertThat(balancer.size()).isEqualTo(2);
        assertThat(pickNamed("a")).isSameAs(a);
        assertThat(a.outstanding()).isEqualTo(1);
    }

    @Test
    void anEndpointThatHasLeftIsNeitherPickedNorAvoided() {
        balancer.update(List.of("a", "b"), 0);
        Loaded<String> gone = pickNamed("a");
        gone.begin(0);
        balancer.update(List.of("b"), 1);
        assertThat(balancer.pick(dice, 1, gone)).isNotNull().isNotSameAs(gone);
        gone.end(2, MS, true);
        assertThat(gone.outstanding()).isZero();
    }

    @Test
    void probesANewEndpointOnceUntilItAnswers() {
        balancer.update(List.of("old"), 0);
        Loaded<String> old = pickNamed("old");
        old.begin(0);
        old.end(MS, MS, true);
        balancer.update(List.of("old", "new"), MS);
        int probes = 0;
        for (int i = 0; i < 50; i++) {
            Loaded<String> to = requireNonNull(balancer.pick(dice, MS, null));
            to.begin(MS);
            probes += to.endpoint().equals("new") ? 1 : 0;
        }
        assertThat(probes).isEqualTo(1);
    }

    private Loaded<String> pickNamed(String name) {
        Loaded<String> one = null;
        for (int i = 0; i < 1_000; i++) {
            one = balancer.pick(dice, 0, one);
            if (one != null && one.endpoint().equals(name)) {
                return one;
            }
        }
        throw new AssertionError(name + " is never picked");
    }
}
