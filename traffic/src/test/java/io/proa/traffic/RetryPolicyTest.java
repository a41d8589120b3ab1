package io.proa.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.proa.model.IpPort;
import io.proa.model.RetryRule;
import io.proa.model.ServiceName;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RetryPolicyTest {
    private static final IpPort AT = IpPort.parse("10.0.0.1:80");
    private static final RetryRule PLAIN = RetryRule.DEFAULT;
    private static final RetryRule ASKING =
            new RetryRule(
                    3,
                    Set.of(502, 503, 504),
                    true,
                    Duration.ofMillis(100),
                    Duration.ofMillis(25),
                    Duration.ofMillis(250),
                    20,
                    3,
                    1024);

    private static final Failure NOT_SENT = new Failure.NotSent(Reason.CONNECT_FAILED, AT, "");
    private static final Failure UNPROCESSED = new Failure.Unprocessed(AT);
    private static final Failure RACE = new Failure.Lost(Reason.UPSTREAM_RESET, AT, true, "");
    private static final Failure LOST = new Failure.Lost(Reason.UPSTREAM_CLOSED, AT, false, "");
    private static final Failure SLOW = new Failure.TryTimedOut(AT);
    private static final Failure BROKEN = new Failure.Broken(Reason.UPSTREAM_TRUNCATED, AT, "");
    private static final Failure NOWHERE =
            new Failure.Unroutable(Reason.NO_ENDPOINT, new ServiceName("default", "orders"));
    private static final Failure SHED = new Failure.Refused(Reason.SHED, "");
    private static final Failure DENIED = new Failure.Refused(Reason.DENIED, "");

    /// cause, rule, for any method, for an idempotent one, for an idempotent one when the caller
    /// retries
    static Stream<Arguments> verdicts() {
        return Stream.of(
                arguments(NOT_SENT, PLAIN, Verdict.RETRY, Verdict.RETRY, Verdict.CALLER_RETRIES),
                arguments(UNPROCESSED, PLAIN, Verdict.RETRY, Verdict.RETRY, Verdict.CALLER_RETRIES),
                arguments(
                        RACE, PLAIN, Verdict.NOT_IDEMPOTENT, Verdict.RETRY, Verdict.CALLER_RETRIES),
                arguments(
                        LOST,
                        PLAIN,
                        Verdict.MAYBE_PROCESSED,
                        Verdict.MAYBE_PROCESSED,
                        Verdict.MAYBE_PROCESSED),
                arguments(
                        LOST,
                        ASKING,
                        Verdict.MAYBE_PROCESSED,
                        Verdict.MAYBE_PROCESSED,
                        Verdict.MAYBE_PROCESSED),
                arguments(
                        SLOW,
                        PLAIN,
                        Verdict.NOT_ASKED_FOR,
                        Verdict.NOT_ASKED_FOR,
                        Verdict.NOT_ASKED_FOR),
                arguments(
                        SLOW,
                        ASKING,
                        Verdict.NOT_IDEMPOTENT,
                        Verdict.RETRY,
                        Verdict.CALLER_RETRIES),
                arguments(
                        BROKEN,
                        ASKING,
                        Verdict.RESPONSE_STARTED,
                        Verdict.RESPONSE_STARTED,
                        Verdict.RESPONSE_STARTED),
                arguments(NOWHERE, ASKING, Verdict.NOWHERE, Verdict.NOWHERE, Verdict.NOWHERE),
                arguments(SHED, ASKING, Verdict.REFUSED, Verdict.REFUSED, Verdict.REFUSED),
                arguments(DENIED, ASKING, Verdict.REFUSED, Verdict.REFUSED, Verdict.REFUSED));
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void judgesByHowFarTheRequestHadGot(
            Failure cause, RetryRule rule, Verdict any, Verdict idempotent, Verdict ofARetry) {
        assertThat(judge(rule, cause, 1, false, true, false, 1)).isEqualTo(any);
        assertThat(judge(rule, cause, 1, true, true, false, 1)).isEqualTo(idempotent);
        assertThat(judge(rule, cause, 1, true, true, false, 2)).isEqualTo(ofARetry);
        assertThat(judge(rule, cause, 1, true, true, true, 1)).isEqualTo(Verdict.RESPONSE_STARTED);
        assertThat(judge(rule, cause, 1, true, false, false, 1).again()).isFalse();
        assertThat(judge(rule, cause, 3, true, true, false, 1).again()).isFalse();
    }

    @Test
    void statusesOnlyWhereTheRuleNamesThemAndTheMethodIsIdempotent() {
        assertThat(status(PLAIN, 503, true, 1, false)).isEqualTo(Verdict.NOT_ASKED_FOR);
        assertThat(status(ASKING, 500, true, 1, false)).isEqualTo(Verdict.NOT_ASKED_FOR);
        assertThat(status(ASKING, 503, true, 1, false)).isEqualTo(Verdict.RETRY);
        assertThat(status(ASKING, 503, false, 1, false)).isEqualTo(Verdict.NOT_IDEMPOTENT);
        assertThat(status(ASKING, 503, true, 2, false)).isEqualTo(Verdict.CALLER_RETRIES);
        assertThat(status(ASKING, 503, true, 1, true)).isEqualTo(Verdict.REFUSED);
    }

    @Test
    void neverWithABodyThatIsGone() {
        assertThat(judge(PLAIN, NOT_SENT, 1, true, false, false, 1)).isEqualTo(Verdict.BODY_GONE);
    }

    @Test
    void neverBeyondTheRulesAttempts() {
        assertThat(judge(PLAIN, NOT_SENT, 2, true, true, false, 1)).isEqualTo(Verdict.RETRY);
        assertThat(judge(PLAIN, NOT_SENT, 3, true, true, false, 1))
                .isEqualTo(Verdict.ATTEMPTS_USED_UP);
    }

    @Test
    void neverAfterTheDeadline() {
        Verdict late =
                RetryPolicy.judge(PLAIN, NOT_SENT, 1, true, true, false, 1, 100, new Deadline(100));
        assertThat(late).isEqualTo(Verdict.DEADLINE_PASSED);
    }

    @Test
    void announcesARetryOnceAnyoneOnTheWayHasRetried() {
        assertThat(RetryPolicy.announced(1, 1)).isEqualTo(1);
        assertThat(RetryPolicy.announced(1, 2)).isEqualTo(2);
        assertThat(RetryPolicy.announced(2, 1)).isEqualTo(2);
        assertThat(RetryPolicy.announced(99, 3)).isEqualTo(99);
    }

    @Test
    void backsOffWithFullJitterWithinADoublingBound() {
        Dice dice = Dice.seeded(3);
        long[] bounds = {25, 50, 100, 200, 250, 250};
        for (int attempt = 1; attempt <= bounds.length; attempt++) {
            long longest = 0;
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < 2_000; i++) {
                long wait = Backoff.nanos(PLAIN, attempt, dice);
                longest = Math.max(longest, wait);
                shortest = Math.min(shortest, wait);
            }
            long bound = bounds[attempt - 1] * 1_000_000;
            assertThat(longest).isBetween(bound * 95 / 100, bound);
            assertThat(shortest).isBetween(0L, bound * 5 / 100);
        }
    }

    @Test
    void doesNotWaitBeforeTheFirstRetryOfWhatWasNotProcessed() {
        Dice dice = () -> -1L;
        assertThat(Backoff.nanos(PLAIN, NOT_SENT, 1, dice)).isZero();
        assertThat(Backoff.nanos(PLAIN, UNPROCESSED, 1, dice)).isZero();
        assertThat(Backoff.nanos(PLAIN, RACE, 1, dice)).isZero();
        assertThat(Backoff.nanos(PLAIN, NOT_SENT, 2, dice)).isPositive();
        assertThat(Backoff.nanos(PLAIN, SLOW, 1, dice)).isPositive();
        assertThat(Backoff.nanos(PLAIN, null, 1, dice)).isPositive();
    }

    @Test
    void knowsWhichMethodsAreIdempotent() {
        assertThat(Stream.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"))
                .allMatch(Methods::idempotent);
        assertThat(Stream.of("POST", "PATCH", "CONNECT", "get", "BREW", ""))
                .noneMatch(Methods::idempotent);
        assertThat(Methods.label("BREW")).isEqualTo(Methods.OTHER);
    }

    private static Verdict judge(
            RetryRule rule,
            Failure failure,
            int attempt,
            boolean idempotent,
            boolean replayable,
            boolean started,
            int callerAttempt) {
        return RetryPolicy.judge(
                rule,
                failure,
                attempt,
                idempotent,
                replayable,
                started,
                callerAttempt,
                0,
                Deadline.NONE);
    }

    private static Verdict status(
            RetryRule rule, int status, boolean idempotent, int callerAttempt, boolean refused) {
        return RetryPolicy.judge(
                rule, status, refused, 1, idempotent, true, false, callerAttempt, 0, Deadline.NONE);
    }
}
