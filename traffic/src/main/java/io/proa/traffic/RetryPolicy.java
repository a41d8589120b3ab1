package io.proa.traffic;

import io.proa.model.RetryRule;

/// What may be tried again, decided from how far the request had got. The budget is asked
/// afterwards, by the caller, and only when the verdict is [Verdict#RETRY].
///
/// | cause | any method | idempotent method |
/// |---|---|---|
/// | nothing sent, or a mesh peer closed unprocessed | yes | yes |
/// | reset or EOF before a response byte, reused connection | no | yes |
/// | the same on a new connection | no | no |
/// | a status, or the time for one try | no | where the rule says so |
/// | after a response byte, refused by the sidecar, nowhere to send | no | no |
///
/// No retry of a retry, whatever the cause: where the caller's own attempt is greater than one, its
/// sidecar is at work already, and trying here too would multiply. That holds for connections that
/// are refused, too: each of them is work for a sidecar or a kernel that is in trouble.
public final class RetryPolicy {
    private RetryPolicy() {}

    /// @param attempt the attempt that failed, from 1
    /// @param responseStarted whether a byte of a response has gone to the application
    /// @param callerAttempt as announced by the caller's sidecar, 1 where unknown
    public static Verdict judge(
            RetryRule rule,
            Failure failure,
            int attempt,
            boolean idempotent,
            boolean bodyReplayable,
            boolean responseStarted,
            int callerAttempt,
            long now,
            Deadline deadline) {
        if (responseStarted) {
            return Verdict.RESPONSE_STARTED;
        }
        Verdict byCause =
                switch (failure) {
                    case Failure.NotSent _, Failure.Unprocessed _ -> Verdict.RETRY;
                    case Failure.Lost lost ->
                            lost.reused() ? ifRepeatable(idempotent) : Verdict.MAYBE_PROCESSED;
                    case Failure.TryTimedOut _ ->
                            rule.onPerTryTimeout()
                                    ? ifRepeatable(idempotent)
                                    : Verdict.NOT_ASKED_FOR;
                    case Failure.Broken _ -> Verdict.RESPONSE_STARTED;
                    case Failure.Unroutable _ -> Verdict.NOWHERE;
                    case Failure.Refused _ -> Verdict.REFUSED;
                };
        return within(byCause, rule, attempt, bodyReplayable, callerAttempt, now, deadline);
    }

    /// As above for a response head that has arrived and not been passed on.
    ///
    /// @param refused whether the status was made by a sidecar that shed or denied the request, not
    ///   by an application
    public static Verdict judge(
            RetryRule rule,
            int status,
            boolean refused,
            int attempt,
            boolean idempotent,
            boolean bodyReplayable,
            boolean responseStarted,
            int callerAttempt,
            long now,
            Deadline deadline) {
        if (responseStarted) {
            return Verdict.RESPONSE_STARTED;
        }
        if (refused) {
            return Verdict.REFUSED;
        }
        if (rule.onStatuses().isEmpty() || !rule.onStatuses().contains(status)) {
            return Verdict.NOT_ASKED_FOR;
        }
        Verdict byCause = ifRepeatable(idempotent);
        return within(byCause, rule, attempt, bodyReplayable, callerAttempt, now, deadline);
    }

    /// The attempt number to announce to the next sidecar: greater than one as soon as anyone on
    /// the way has retried.
    public static int announced(int callerAttempt, int attempt) {
        return Math.min(callerAttempt + attempt - 1, 99);
    }

    private static Verdict ifRepeatable(boolean idempotent) {
        return idempotent ? Verdict.RETRY : Verdict.NOT_IDEMPOTENT;
    }

    private static Verdict within(
            Verdict byCause,
            RetryRule rule,
            int attempt,
            boolean bodyReplayable,
            int callerAttempt,
            long now,
            Deadline deadline) {
        if (byCause != Verdict.RETRY) {
            return byCause;
        }
        if (callerAttempt > 1) {
            return Verdict.CALLER_RETRIES;
        }
        if (attempt >= rule.maxAttempts()) {
            return Verdict.ATTEMPTS_USED_UP;
        }
        if (!bodyReplayable) {
            return Verdict.BODY_GONE;
        }
        return deadline.passed(now) ? Verdict.DEADLINE_PASSED : Verdict.RETRY;
    }
}
