package io.proa.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.RetryRule;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PERCENT = 20;
    private static final int FLOOR = 3;
    private static final RetryRule RULE = rule(PERCENT, FLOOR);

    private static RetryRule rule(int percent, int minPerSecond) {
        return new RetryRule(
                3,
                Set.of(),
                false,
                Duration.ZERO,
                Duration.ofMillis(25),
                Duration.ofMillis(250),
                percent,
                minPerSecond,
                0);
    }

    @Test
    void allowsTheFloorWithoutAnyRequest() {
        RetryBudget budget = new RetryBudget(1);
        int allowed = 0;
        for (long now = 0; now < 100 * SECOND; now += SECOND / 50) {
            allowed += budget.tryWithdraw(RULE, now) ? 1 : 0;
        }
        assertThat(allowed).isBetween(99 * FLOOR, 101 * FLOOR);
    }

    @Test
    void allowsTheShareAtLoad() {
        RetryBudget budget = new RetryBudget(1);
        RetryRule rule = rule(PERCENT, 0);
        int allowed = 0;
        for (int i = 0; i < 100_000; i++) {
            long now = i * (SECOND / 1_000);
            budget.deposit(rule, now);
            allowed += budget.tryWithdraw(rule, now) ? 1 : 0;
        }
        assertThat(allowed).isBetween(19_900, 20_000);
    }

    @Test
    void zeroIsNone() {
        RetryBudget budget = new RetryBudget(1);
        RetryRule rule = rule(0, 0);
        for (int i = 0; i < 1_000; i++) {
            budget.deposit(rule, i);
            assertThat(budget.tryWithdraw(rule, i)).isFalse();
        }
    }

    @Test
    void forgetsRequestsAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(1);
        RetryRule rule = rule(PERCENT, 0);
        for (int i = 0; i < 1_000; i++) {
            budget.deposit(rule, 0);
        }
        assertThat(budget.tryWithdraw(rule, 9 * SECOND)).isTrue();
        assertThat(budget.tryWithdraw(rule, 10 * SECOND)).isFalse();
        assertThat(budget.tryWithdraw(rule, 1_000_000 * SECOND)).isFalse();
    }

    @Test
    void partsOfLoopsAllowNoMoreThanTheWhole() {
        for (int loops : new int[] {1, 2, 3, 4, 8}) {
            RetryBudget[] parts = new RetryBudget[loops];
            for (int i = 0; i < loops; i++) {
                parts[i] = new RetryBudget(loops);
            }
            int allowed = 0;
            for (long now = 0; now < 100 * SECOND; now += SECOND / 100) {
                for (RetryBudget part : parts) {
                    allowed += part.tryWithdraw(RULE, now) ? 1 : 0;
                }
            }
            assertThat(allowed).isBetween(99 * FLOOR, 100 * FLOOR + Math.max(FLOOR, loops));
        }
    }

    /// Ten rules of one service, as for as many paths, have one budget together.
    @Test
    void rulesOfOneServiceShareTheFloor() {
        RetryBudget budget = new RetryBudget(1);
        RetryRule[] rules = new RetryRule[10];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = rule(i, FLOOR);
        }
        int allowed = 0;
        for (long now = 0; now < 100 * SECOND; now += SECOND / 50) {
            for (RetryRule rule : rules) {
                allowed += budget.tryWithdraw(rule, now) ? 1 : 0;
            }
        }
        assertThat(allowed).isBetween(99 * FLOOR, 101 * FLOOR);
    }

    @Test
    void aRuleWithoutAnyBudgetHasNoneOfTheOthers() {
        RetryBudget budget = new RetryBudget(1);
        for (int i = 0; i < 1_000; i++) {
            budget.deposit(RULE, i);
        }
        assertThat(budget.tryWithdraw(rule(0, 0), 1_000)).isFalse();
        assertThat(budget.tryWithdraw(RULE, 1_000)).isTrue();
    }

    @Test
    void neverExceedsItsBoundUnderBurstyTraffic() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RetryBudget budget = new RetryBudget(1);
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
                    budget.deposit(RULE, now);
                    requests++;
                } else {
                    retries += budget.tryWithdraw(RULE, now) ? 1 : 0;
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
            RetryBudget[] hops = {new RetryBudget(1), new RetryBudget(1), new RetryBudget(1)};
            long[] leaf = {0};
            int requests = rate * seconds;
            for (int i = 0; i < requests; i++) {
                call(RULE, hops, 0, i * (SECOND / rate), leaf, 1, false);
            }
            double floor = FLOOR * (seconds + 1) * (1 + 1.2 + 1.44);
            assertThat(leaf[0] * 1.0).isLessThanOrEqualTo(requests * 1.2 * 1.2 * 1.2 + floor);
            assertThat(leaf[0]).isGreaterThan(requests);
        }
    }

    @Test
    void threeHopsWithPropagationNeverRetryARetry() {
        RetryBudget[] hops = {new RetryBudget(1), new RetryBudget(1), new RetryBudget(1)};
        long[] leaf = {0};
        call(rule(100, 1_000), hops, 0, 0, leaf, 1, true);
        // first tries at every hop, then two retries at each hop in turn: 3 + 2 + 2, where without
        // it were 27
        assertThat(leaf[0]).isEqualTo(7);
    }

    private static void call(
            RetryRule rule,
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
        hops[hop].deposit(rule, now);
        for (int attempt = 1; attempt <= 3; attempt++) {
            if (attempt > 1 && (callerAttempt > 1 || !hops[hop].tryWithdraw(rule, now))) {
                return;
            }
            int announced = propagates ? RetryPolicy.announced(callerAttempt, attempt) : 1;
            call(rule, hops, hop + 1, now, leaf, announced, propagates);
        }
    }
}
