package io.proa.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PERCENT = 20;
    private static final int FLOOR = 3;

    @Test
    void allowsTheFloorWithoutAnyRequest() {
        RetryBudget budget = new RetryBudget(PERCENT, FLOOR);
        int allowed = 0;
        for (long now = 0; now < 100 * SECOND; now += SECOND / 50) {
            allowed += budget.tryWithdraw(now) ? 1 : 0;
        }
        assertThat(allowed).isBetween(99 * FLOOR, 101 * FLOOR);
    }

    @Test
    void allowsTheShareAtLoad() {
        RetryBudget budget = new RetryBudget(PERCENT, 0);
        int allowed = 0;
        for (int i = 0; i < 100_000; i++) {
            long now = i * (SECOND / 1_000);
            budget.deposit(now);
            allowed += budget.tryWithdraw(now) ? 1 : 0;
        }
        assertThat(allowed).isBetween(19_900, 20_000);
    }

    @Test
    void zeroIsNone() {
        RetryBudget budget = new RetryBudget(0, 0);
        for (int i = 0; i < 1_000; i++) {
            budget.deposit(i);
            assertThat(budget.tryWithdraw(i)).isFalse();
        }
    }

    @Test
    void forgetsRequestsAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(PERCENT, 0);
        for (int i = 0; i < 1_000; i++) {
            budget.deposit(0);
        }
        assertThat(budget.tryWithdraw(9 * SECOND)).isTrue();
        assertThat(budget.tryWithdraw(10 * SECOND)).isFalse();
        assertThat(budget.tryWithdraw(1_000_000 * SECOND)).isFalse();
    }

    @Test
    void partsOfLoopsAllowNoMoreThanTheWhole() {
        for (int loops : new int[] {1, 2, 3, 4, 8}) {
            RetryBudget[] parts = new RetryBudget[loops];
            for (int i = 0; i < loops; i++) {
                parts[i] = new RetryBudget(PERCENT, FLOOR, loops);
            }
            int allowed = 0;
            for (long now = 0; now < 100 * SECOND; now += SECOND / 100) {
                for (RetryBudget part : parts) {
                    allowed += part.tryWithdraw(now) ? 1 : 0;
                }
            }
            assertThat(allowed).isBetween(98 * FLOOR, 100 * FLOOR + Math.max(FLOOR, loops));
        }
    }

    @Test
    void neverExceedsItsBoundUnderBurstyTraffic() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RetryBudget budget = new RetryBudget(PERCENT, FLOOR);
            long now = random.nextLong(1_000 * SECOND);
            long start = now;
            long requests = 0;
            long retries = 0;
            for (int i = 0; i < 20_000; i++) {
                now +=
                        random.nextInt(100) == 0
                                ? random.nextLong(15 * SECOND)
                                : random.nextLong(SECOND / 100);
                if (random.nextInt(3) == 0) {
                    budget.deposit(now);
                    requests++;
                } else {
                    retries += budget.tryWithdraw(now) ? 1 : 0;
                }
                double seconds = (now - start) / (double) SECOND;
                assertThat(retries * 1.0)
                        .isLessThanOrEqualTo(requests * 0.2 + FLOOR * (seconds + 1) + 1e-6);
            }
        }
    }

    /// Three hops in a row, everything fails at the end, no application propagates anything: each
    /// sidecar may retry twice, and only the budgets hold it back.
    @Test
    void threeHopsWithoutPropagationStayWithinTheProductOfTheShares() {
        for (int rate : new int[] {1, 10, 100, 2_000}) {
            int seconds = 30;
            RetryBudget[] hops = {
                new RetryBudget(PERCENT, FLOOR),
                new RetryBudget(PERCENT, FLOOR),
                new RetryBudget(PERCENT, FLOOR)
            };
            long[] leaf = {0};
            int requests = rate * seconds;
            for (int i = 0; i < requests; i++) {
                call(hops, 0, i * (SECOND / rate), leaf, 1, false);
            }
            double floor = FLOOR * (seconds + 1) * (1 + 1.2 + 1.44);
            assertThat(leaf[0] * 1.0).isLessThanOrEqualTo(requests * 1.2 * 1.2 * 1.2 + floor);
            assertThat(leaf[0]).isGreaterThan(requests);
        }
    }

    @Test
    void threeHopsWithPropagationNeverRetryARetry() {
        RetryBudget[] hops = {
            new RetryBudget(100, 1_000), new RetryBudget(100, 1_000), new RetryBudget(100, 1_000)
        };
        long[] leaf = {0};
        call(hops, 0, 0, leaf, 1, true);
        // first tries at every hop, then two retries at each hop in turn: 3 + 2 + 2, where without
        // it were 27
        assertThat(leaf[0]).isEqualTo(7);
    }

    private static void call(
            RetryBudget[] hops,
            int hop,
            long now,
            long[] leaf,
            int callerAttempt,
            boolean propagates) {
        if (hop == hops.length) {
            leaf[0]++;
            return;
        }
        hops[hop].deposit(now);
        for (int attempt = 1; attempt <= 3; attempt++) {
            if (attempt > 1 && (callerAttempt > 1 || !hops[hop].tryWithdraw(now))) {
                return;
            }
            int announced = propagates ? RetryPolicy.announced(callerAttempt, attempt) : 1;
            call(hops, hop + 1, now, leaf, announced, propagates);
        }
    }
}
