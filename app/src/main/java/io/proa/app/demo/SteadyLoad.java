package io.proa.app.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Someone who asks the front page's address so many times a second, evenly spaced, whether or not
/// answers come (an open loop): at most [#MOST_AT_ONCE] questions are open at a time, further ones
/// are left out and counted.
final class SteadyLoad implements AutoCloseable {
    static final int MOST_AT_ONCE = 200;

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
    private final HttpRequest request;
    private final long gapNanos;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder leftOut = new LongAdder();
    private final Thread ticker;
    private volatile boolean stopping;

    private SteadyLoad(URI address, int perSecond) {
        this.request =
                HttpRequest.newBuilder(address)
                        .header("Accept", "application/json")
                        .timeout(Duration.ofSeconds(20))
                        .build();
        this.gapNanos = perSecond == 0 ? 0 : 1_000_000_000L / perSecond;
        this.ticker = Thread.ofVirtual().name("demo load").unstarted(this::tick);
    }

    /// @param perSecond 0 (asks nothing) to 1000
    static SteadyLoad start(URI address, int perSecond) {
        SteadyLoad load = new SteadyLoad(address, perSecond);
        if (perSecond > 0) {
            load.ticker.start();
        }
        return load;
    }

    /// Questions answered with 200.
    long answered() {
        return answered.sum();
    }

    /// Questions answered otherwise or not at all, and those left out.
    long failed() {
        return failed.sum() + leftOut.sum();
    }

    private void tick() {
        long next = System.nanoTime();
        while (!stopping) {
            if (room.tryAcquire()) {
                Thread.ofVirtual().name("demo question").start(this::ask);
            } else {
                leftOut.increment();
            }
            next += gapNanos;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else if (wait < -1_000_000_000L) {
                next = System.nanoTime(); // the machine slept: what was missed is not made up
                // for in a burst
            }
        }
    }

    private void ask() {
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            (status == 200 ? answered : failed).increment();
        } catch (IOException _) {
            if (!stopping) {
                failed.increment();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            room.release();
        }
    }

    /// Stops asking and waits, at most two seconds, for the answers still under way.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(ticker);
        try {
            room.tryAcquire(MOST_AT_ONCE, 2, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }
}
