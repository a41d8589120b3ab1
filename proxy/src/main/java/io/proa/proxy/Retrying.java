package io.proa.proxy;

import io.proa.model.RetryRule;
import io.proa.proxy.http.Cancellable;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.route.EndpointPool;
import io.proa.traffic.Backoff;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Loaded;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.RetryPolicy;
import io.proa.traffic.Service;
import io.proa.traffic.Timeout;
import io.proa.traffic.Verdict;
import org.jspecify.annotations.Nullable;

/// Tries again what [RetryPolicy] finds safe and the cluster's budget allows.
final class Retrying implements Filter<RoutedRequest, UpstreamResponse, Attempt, UpstreamResponse> {
    private final LoopParts loop;

    Retrying(LoopParts loop) {
        this.loop = loop;
    }

    @Override
    public void apply(
            RoutedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<Attempt, UpstreamResponse> next) {
        RetryRule rule = request.rule().retry();
        request.cluster().budget().deposit(rule, loop.loop().now());
        if (rule.maxAttempts() > 1 && request.exchange().record.callerAttempt <= 1) {
            request.exchange().keepBody(rule.replayLimit());
        }
        new Tries(request, reply, next).again(null);
    }

    /// All attempts of one request; waits for the backoff between them.
    private final class Tries extends Timeout implements Reply<UpstreamResponse>, Cancellable {
        private final RoutedRequest request;
        private final Exchange exchange;
        private final Reply<? super UpstreamResponse> reply;
        private final Service<Attempt, UpstreamResponse> next;
        private @Nullable Attempt last;
        private int number;
        private boolean atOnce;

        Tries(
                RoutedRequest request,
                Reply<? super UpstreamResponse> reply,
                Service<Attempt, UpstreamResponse> next) {
            this.request = request;
            this.exchange = request.exchange();
            this.reply = reply;
            this.next = next;
        }

        void again(@Nullable Loaded<EndpointPool> avoid) {
            number++;
            exchange.record.attempts = number;
            Attempt attempt = new Attempt(request, number, avoid);
            last = attempt;
            next.apply(attempt, this);
        }

        @Override
        public void answered(UpstreamResponse response) {
            int status = response.outcome();
            if (status >= 500) {
                exchange.record.failedAttempts++;
                RetryRule rule = request.rule().retry();
                long now = loop.loop().now();
                Verdict verdict =
                        RetryPolicy.judge(
                                rule,
                                status,
                                response.fromSidecar(),
                                number,
                                exchange.idempotent(),
                                exchange.bodyReplayable(),
                                exchange.responseStarted(),
                                exchange.record.callerAttempt,
                                now,
                                exchange.deadline());
                long wait = Backoff.nanos(rule, number, loop.loop().dice());
                if (verdict == Verdict.RETRY && worthwhile(wait, now) && withdraw(rule, now)) {
                    response.discard();
                    later(Reason.of(status), wait);
                    return;
                }
            }
            reply.answered(response);
        }

        @Override
        public void failed(Failure failure) {
            exchange.record.failedAttempts++;
            if (exchange.isOver()) {
                return;
            }
            RetryRule rule = request.rule().retry();
            long now = loop.loop().now();
            Verdict verdict =
                    RetryPolicy.judge(
                            rule,
                            failure,
                            number,
                            exchange.idempotent(),
                            exchange.bodyReplayable(),
                            exchange.responseStarted(),
                            exchange.record.callerAttempt,
                            now,
                            exchange.deadline());
            long wait = Backoff.nanos(rule, failure, number, loop.loop().dice());
            if (verdict == Verdict.RETRY && worthwhile(wait, now) && withdraw(rule, now)) {
                later(failure.reason(), wait);
            } else {
                reply.failed(failure);
            }
        }

        /// Whether there will be time, and somebody, left after the wait.
        private boolean worthwhile(long wait, long now) {
            return !exchange.clientMayBeGone() && exchange.deadline().remaining(now) > wait;
        }

        private boolean withdraw(RetryRule rule, long now) {
            boolean allowed = request.cluster().budget().tryWithdraw(rule, now);
            exchange.record.budgetExhausted |= !allowed;
            return allowed;
        }

        private void later(Reason why, long nanos) {
            ExchangeRecord record = exchange.record;
            if (number <= record.retriedFor.length) {
                record.retriedFor[number - 1] = why;
            }
            exchange.waitFor(this);
            if (nanos > 0) {
                loop.loop().schedule(this, nanos);
            } else {
                // Not within the failed attempt's own call: its connection is still being put away.
                atOnce = true;
                loop.loop().execute(this::afterCall);
            }
        }

        private void afterCall() {
            if (atOnce) {
                expired(loop.loop().now());
            }
        }

        @Override
        protected void expired(long nowNanos) {
            atOnce = false;
            if (exchange.isOver()) {
                return;
            }
            exchange.waitFor(null);
            Attempt before = last;
            again(before == null ? null : before.chosen);
        }

        @Override
        public boolean pausing() {
            return true;
        }

        @Override
        public void cancel(Failure why) {
            cancel();
            atOnce = false;
            reply.failed(why);
        }
    }
}
