package io.proa.traffic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallerContextsTest {
    private final CallerContexts contexts = new CallerContexts(42, 64);

    private static long key(CallerContexts of, String id) {
        byte[] bytes = ("xx" + id + "yyy").getBytes(StandardCharsets.US_ASCII);
        return of.key(ByteBuffer.wrap(bytes), 2, id.length());
    }

    @Test
    void findsACallerWhileItsRequestIsAtTheApplication() {
        long key = key(contexts, "4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(contexts.get(key)).isNull();
        contexts.put(key, 2, 77);
        CallerContexts.Caller caller = requireNonNull(contexts.get(key));
        assertThat(caller.attempt()).isEqualTo(2);
        assertThat(caller.deadlineNanos()).isEqualTo(77);
        contexts.remove(key);
        assertThat(contexts.get(key)).isNull();
        assertThat(contexts.size()).isZero();
    }

    @Test
    void requestsOfOneIdAreOneUntilTheLastHasLeft() {
        contexts.put(5, 1, 100);
        contexts.put(5, 2, 50);
        CallerContexts.Caller both = requireNonNull(contexts.get(5));
        assertThat(both.attempt()).isEqualTo(2);
        assertThat(both.deadlineNanos()).isEqualTo(100);
        contexts.remove(5);
        assertThat(contexts.get(5)).isNotNull();
        contexts.remove(5);
        assertThat(contexts.get(5)).isNull();
    }

    @Test
    void staysBoundedAndGivesUpTheEarliestDeadline() {
        for (long i = 0; i < 10_000; i++) {
            contexts.put(i, 1, 1_000 + i);
        }
        assertThat(contexts.size()).isEqualTo(64);
        assertThat(contexts.get(9_999)).isNotNull();
        assertThat(contexts.get(0)).isNull();
    }

    @Test
    void theKeyDependsOnEveryByteAndOnTheSeed() {
        Set<Long> keys = new HashSet<>();
        String base = "4bf92f3577b34da6a3ce929d0e0e4736abc";
        for (int length = 1; length <= base.length(); length++) {
            for (int at = 0; at < length; at++) {
                StringBuilder changed = new StringBuilder(base.substring(0, length));
                changed.setCharAt(at, 'Z');
                keys.add(key(contexts, changed.toString()));
            }
        }
        int distinct = base.length() * (base.length() + 1) / 2;
        assertThat(keys).hasSize(distinct);
        assertThat(key(contexts, base)).isEqualTo(key(contexts, base));
        assertThat(key(new CallerContexts(43, 64), base)).isNotEqualTo(key(contexts, base));
    }

    @Test
    void theKeyDoesNotDependOnTheBuffer() {
        byte[] id = "4bf92f3577b34da6a3ce929d0e0e4736".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer direct = ByteBuffer.allocateDirect(40).order(ByteOrder.LITTLE_ENDIAN);
        direct.put(5, id);
        assertThat(contexts.key(direct, 5, id.length))
                .isEqualTo(contexts.key(ByteBuffer.wrap(id), 0, id.length));
    }

    @Test
    void isEmptyAgainAfterManyThreads() throws InterruptedException {
        CallerContexts shared = new CallerContexts(1);
        CountDownLatch done = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
            int seed = t;
            Thread.ofPlatform()
                    .start(() -> {
                        SplittableRandom random = new SplittableRandom(seed);
                        for (int i = 0; i < 50_000; i++) {
                            long key = random.nextLong(40);
                            shared.put(key, 1, Long.MAX_VALUE);
                            CallerContexts.Caller mine = shared.get(key);
                            if (mine == null || mine.attempt() != 1) {
                                return;
                            }
                            shared.remove(key);
                        }
                        done.countDown();
                    });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shared.size()).isZero();
    }
}
