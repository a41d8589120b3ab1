package io.proa.proving.bench;

import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.RequestMatch;
import io.proa.model.RequestMatch.HeaderExact;
import io.proa.model.RequestMatch.Method;
import io.proa.model.RequestMatch.PathPrefix;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.model.TimeoutRule;
import io.proa.traffic.CallerContexts;
import io.proa.traffic.Deadline;
import io.proa.traffic.Dice;
import io.proa.traffic.Failure;
import io.proa.traffic.Loaded;
import io.proa.traffic.PeakEwmaBalancer;
import io.proa.traffic.Reason;
import io.proa.traffic.RequestView;
import io.proa.traffic.RetryBudget;
import io.proa.traffic.RetryPolicy;
import io.proa.traffic.RouteIndex;
import io.proa.traffic.Timeout;
import io.proa.traffic.TimerWheel;
import io.proa.traffic.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What is decided for each request without a socket: rule, endpoint, timers, retry.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Deciding {
    private record Request(String method, String path) implements RequestView {
        @Override
        public @Nullable String header(String name) {
            return name.equals("x-canary") ? "no" : null;
        }
    }

    private final Dice dice = Dice.seeded(1);
    private final PeakEwmaBalancer<String> balancer = new PeakEwmaBalancer<>(_ -> 1);
    private final RouteIndex oneRule = index();
    private final RouteIndex fiveRules =
            index(
                    rule("canary", new HeaderExact("x-canary", "yes")),
                    rule("orders", new PathPrefix("/orders")),
                    rule("uploads", new Method("PUT")),
                    rule("items", new PathPrefix("/items")));
    private final RequestView request = new Request("GET", "/items/4711?full=true");
    private final TimerWheel wheel = new TimerWheel(0);
    private final RetryBudget budget = new RetryBudget(1);
    private final CallerContexts callers = new CallerContexts(7);
    private final Failure failure =
            new Failure.Lost(Reason.UPSTREAM_RESET, IpPort.parse("10.0.0.1:80"), true, "");
    private final Timeout timeout =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    throw new IllegalStateException("armed for an hour");
                }
            };
    private long now = 1;

    public Deciding() {
        balancer.update(List.of("a", "b", "c", "d"), 0);
    }

    @Benchmark
    public RouteRule routeWithoutRules() {
        return oneRule.match(request);
    }

    @Benchmark
    public RouteRule routeByFiveRules() {
        return fiveRules.match(request);
    }

    @Benchmark
    public int balanceAndMeasure() {
        now += 50_000;
        Loaded<String> to = balancer.pick(dice, now, null);
        if (to == null) {
            throw new IllegalStateException("four endpoints");
        }
        to.begin(now);
        to.end(now + 1_000_000, 1_000_000, true);
        return to.outstanding();
    }

    @Benchmark
    public int armAndCancel() {
        now += 50_000;
        wheel.advance(now);
        wheel.schedule(timeout, now + 15_000_000_000L);
        timeout.cancel();
        return wheel.armed();
    }

    @Benchmark
    public Verdict judgeAndWithdraw() {
        now += 50_000;
        budget.deposit(RetryRule.DEFAULT, now);
        Verdict verdict =
                RetryPolicy.judge(
                        RetryRule.DEFAULT, failure, 1, true, true, false, 1, now, Deadline.NONE);
        return verdict.again() && !budget.tryWithdraw(RetryRule.DEFAULT, now)
                ? Verdict.ATTEMPTS_USED_UP
                : verdict;
    }

    @Benchmark
    public CallerContexts.@Nullable Caller rememberAndForgetCaller() {
        long key = ++now * 0x9E3779B97F4A7C15L;
        callers.put(key, 1, now);
        CallerContexts.Caller caller = callers.get(key);
        callers.remove(key);
        return caller;
    }

    private static RouteRule rule(String name, RequestMatch match) {
        return new RouteRule(
                name, List.of(List.of(match)), List.of(), RetryRule.DEFAULT, TimeoutRule.DEFAULT);
    }

    private static RouteIndex index(RouteRule... rules) {
        ServiceName name = new ServiceName("default", "web");
        return new RouteIndex(
                new MeshService(name, List.of(), List.of(), List.of(), List.of(rules)));
    }
}
