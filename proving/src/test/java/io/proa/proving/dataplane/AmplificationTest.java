package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.RetryRule;
import io.proa.proving.dataplane.Chain.Ending;
import io.proa.proving.dataplane.Chain.Propagation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Retries do not multiply over three hops, whatever the applications do.
///
/// **The bound.** A sidecar with `L` loops that is handed `N` requests for a service within `T`
/// seconds makes at most `0.2 N + F` retries, where the floor `F = m T + max(m, L)` for `m` retries
/// a second: a bucket of `m` a second which is full, with one second's worth, when it starts. So it
/// makes at most `1.2 N + F` attempts, and all of them arrive at the next hop. Over three hops at
/// most `1.2^3 n + F (1 + 1.2 + 1.2^2)` attempts reach the end.
@Timeout(60)
final class AmplificationTest {
    private static final int PERCENT = 20;
    private static final int MIN_PER_SECOND = 3;
    private static final int REQUESTS = 300;
    private static final int CLIENTS = 8;
    private static final RetryRule RETRY =
            Planes.retry(3, Set.of(503), Duration.ZERO, PERCENT, MIN_PER_SECOND);

    /// Bounds nothing in these tests, so that only propagation does.
    private static final RetryRule NO_BUDGET =
            Planes.retry(3, Set.of(503), Duration.ZERO, 100, 100_000);

    private static final StringBuilder TABLE = new StringBuilder();

    @BeforeAll
    static void head() {
        TABLE.append(
                String.format(
                        Locale.ROOT,
                        "%n%-58s %5s %5s  %-16s %-16s %6s %6s  %-12s %s%n",
                        "case",
                        "sent",
                        "ok",
                        "attempts",
                        "arrived",
                        "factor",
                        "bound",
                        "of a retry",
                        "retried again"));
    }

    @AfterAll
    static void print() {
        System.out.println(TABLE);
    }

    private static Amplification measured(String name, Amplification figures, double bound) {
        TABLE.append(
                String.format(
                        Locale.ROOT,
                        "%-58s %5d %5d  %-16s %-16s %6.3f %6.0f  %-12s %d%n",
                        name,
                        figures.requests(),
                        figures.succeeded(),
                        slashed(figures.attempts()),
                        slashed(figures.arrived()),
                        figures.attempts().getLast() / (double) figures.requests(),
                        bound,
                        slashed(figures.linked()),
                        figures.retriesOfRetries()));
        return figures;
    }

    private static String slashed(List<Integer> numbers) {
        return String.join("/", numbers.stream().map(String::valueOf).toList());
    }

    private static double floor(Amplification figures, int loops) {
        return MIN_PER_SECOND * figures.seconds() + Math.max(MIN_PER_SECOND, loops);
    }

    private static double bound(Amplification figures, int loops) {
        return 1.728 * figures.requests() + floor(figures, loops) * (1 + 1.2 + 1.44);
    }

    private static void assertWithinBudget(Amplification figures, int loops) {
        double received = figures.requests();
        for (int hop = 0; hop < 3; hop++) {
            assertThat((double) figures.attempts().get(hop))
                    .as("attempts of " + Chain.PODS[hop])
                    .isLessThanOrEqualTo(1.2 * received + floor(figures, loops));
            received = figures.attempts().get(hop);
        }
        assertThat((double) figures.attempts().getLast())
                .isLessThanOrEqualTo(bound(figures, loops));
    }

    private static Amplification run(
            Propagation propagation,
            Ending ending,
            String method,
            RetryRule retry,
            int loops,
            int requests)
            throws Exception {
        try (Chain chain = Chain.of(propagation, ending, retry, loops)) {
            Amplification figures = chain.load(method, requests, Math.min(CLIENTS, requests));
            String name =
                    String.join(
                            " ",
                            method,
                            ending.name(),
                            "apps propagate",
                            propagation.name(),
                            loops > 1 ? loops + " loops" : "",
                            retry.equals(NO_BUDGET) ? "no budget" : "");
            return measured(
                    name.toLowerCase(Locale.ROOT).trim(),
                    figures,
                    retry.equals(NO_BUDGET) ? Double.POSITIVE_INFINITY : bound(figures, loops));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NOTHING, 1",
        "NOTHING, 4",
        "TRACEPARENT, 1",
        "TRACEPARENT, 2",
        "REQUEST_ID, 1",
        "BAGGAGE, 1"
    })
    void failuresAtTheEndStayWithinTheProductOfTheShares(Propagation propagation, int loops)
            throws Exception {
        Amplification figures = run(propagation, Ending.UNAVAILABLE, "GET", RETRY, loops, REQUESTS);
        assertThat(figures.succeeded()).isZero();
        assertThat(figures.arrived()).isEqualTo(figures.attempts());
        assertThat(figures.attempts().getFirst()).as("there were retries").isGreaterThan(REQUESTS);
        assertWithinBudget(figures, loops);
        assertLinks(propagation, figures);
    }

    private static void assertLinks(Propagation propagation, Amplification figures) {
        if (propagation == Propagation.NOTHING) {
            assertThat(figures.linked()).containsOnly(0);
        } else {
            assertThat(figures.retriesOfRetries()).as("retries of retries").isZero();
            int byFront = figures.attempts().get(0) - figures.requests();
            int byA = figures.attempts().get(1) - figures.attempts().get(0);
            // Each retry is known as one to all sidecars further down.
            assertThat(figures.linked()).containsExactly(0, byFront, byFront + byA);
        }
    }

    /// One request, and nothing but the attempt number to hold anyone back: 3 attempts at most on
    /// the first hop, and on each further hop two more; without it each hop would triple them.
    @ParameterizedTest
    @EnumSource(Propagation.class)
    void aRetryIsNotRetriedEvenWithoutAnyBudget(Propagation propagation) throws Exception {
        Amplification figures = run(propagation, Ending.UNAVAILABLE, "GET", NO_BUDGET, 1, 10);
        if (propagation == Propagation.NOTHING) {
            assertThat(figures.mostPerRequest()).containsExactly(3, 9, 27);
            assertThat(figures.arrived()).containsExactly(30, 90, 270);
        } else {
            assertThat(figures.mostPerRequest()).containsExactly(3, 5, 7);
            assertThat(figures.arrived()).containsExactly(30, 50, 70);
            assertLinks(propagation, figures);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED, GET, NOTHING",
        "REFUSED, POST, NOTHING",
        "REFUSED, GET, TRACEPARENT",
        "REFUSED, POST, TRACEPARENT",
        "GONE, GET, NOTHING",
        "GONE, GET, TRACEPARENT",
        "GONE, POST, REQUEST_ID",
    })
    void refusedConnectionsStayWithinTheProductOfTheShares(
            Ending ending, String method, Propagation propagation) throws Exception {
        Amplification figures = run(propagation, ending, method, RETRY, 1, REQUESTS);
        assertThat(figures.succeeded()).isZero();
        assertThat(figures.arrived().getLast()).isZero();
        assertWithinBudget(figures, 1);
        assertLinks(propagation, figures);
        if (method.equals("POST")) {
            // A status is no reason to repeat it; a refused connection is, whatever the method.
            assertThat(figures.attempts().subList(0, 2)).containsOnly(REQUESTS);
            assertThat(figures.attempts().getLast()).isGreaterThan(REQUESTS);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Propagation.class,
            names = {"NOTHING", "TRACEPARENT"})
    void whatIsNotIdempotentIsSentOnce(Propagation propagation) throws Exception {
        Amplification figures = run(propagation, Ending.UNAVAILABLE, "POST", RETRY, 1, REQUESTS);
        assertThat(figures.arrived()).containsOnly(REQUESTS);
        assertThat(figures.mostPerRequest()).containsOnly(1);
    }

    /// Where every second request fails retries help, and are still bounded.
    @ParameterizedTest
    @EnumSource(
            value = Propagation.class,
            names = {"NOTHING", "TRACEPARENT"})
    void retriesHelpWhereHalfFails(Propagation propagation) throws Exception {
        Amplification figures =
                run(propagation, Ending.HALF_UNAVAILABLE, "GET", RETRY, 1, REQUESTS);
        assertWithinBudget(figures, 1);
        assertLinks(propagation, figures);
        assertThat(figures.succeeded()).as("more than without retries").isGreaterThan(180);
    }

    @Test
    void withoutAShareTheFloorAloneBounds() throws Exception {
        RetryRule floorOnly = Planes.retry(3, Set.of(503), Duration.ZERO, 0, MIN_PER_SECOND);
        Amplification figures =
                run(Propagation.NOTHING, Ending.UNAVAILABLE, "GET", floorOnly, 2, REQUESTS);
        double floor = floor(figures, 2);
        assertThat((double) figures.arrived().getLast()).isLessThanOrEqualTo(REQUESTS + 3 * floor);
    }
}
