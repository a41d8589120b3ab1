package io.proa.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void isEmptyAtFirst() {
        assertThat(histogram.count()).isZero();
        assertThat(histogram.percentile(0.5)).isZero();
        assertThat(histogram.sumNanos()).isZero();
    }

    @Test
    void percentilesAreWithinAThirtySecondPart() {
        SplittableRandom random = new SplittableRandom(1);
        long[] all = new long[50_000];
        long sum = 0;
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) Math.exp(random.nextDouble(Math.log(2_000), Math.log(60e9)));
            sum += all[i];
            histogram.record(all[i]);
        }
        Arrays.sort(all);
        for (double fraction : new double[] {0.0001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
            long exact = all[(int) Math.ceil(all.length * fraction) - 1];
            assertThat((double) histogram.percentile(fraction))
                    .isCloseTo((double) exact, within(exact / 32.0 + 1));
        }
        assertThat(histogram.count()).isEqualTo(all.length);
        assertThat(histogram.sumNanos()).isEqualTo(sum);
    }

    @Test
    void countsUpToABoundShortByLessThanABucket() {
        for (int i = 1; i <= 10_000; i++) {
            histogram.record(i * 10_000L);
        }
        long[] bounds = {1_000_000, 2_500_000, 5_000_000, 50_000_000, 1 << 20, 1 << 24};
        for (long bound : bounds) {
            long exact = bound / 10_000;
            assertThat(histogram.countUpTo(bound)).isBetween((long) (exact * 0.93), exact);
        }
        assertThat(histogram.countUpTo(Long.MAX_VALUE)).isEqualTo(10_000);
    }

    @Test
    void takesWhatIsOutOfRangeAtItsEnds() {
        histogram.record(-5);
        histogram.record(0);
        histogram.record(Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.percentile(0.5)).isLessThan(1_200);
        assertThat(histogram.percentile(1)).isGreaterThan(1L << 41);
    }

    @Test
    void sumsUpLikeOne() {
        SplittableRandom random = new SplittableRandom(2);
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram two = new LatencyHistogram();
        LatencyHistogram joined = new LatencyHistogram();
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong(1L << random.nextInt(10, 40));
            histogram.record(value);
            (i % 3 == 0 ? one : two).record(value);
        }
        joined.add(one);
        joined.add(two);
        assertThat(joined.count()).isEqualTo(histogram.count());
        assertThat(joined.sumNanos()).isEqualTo(histogram.sumNanos());
        assertThat(joined.percentile(0.99)).isEqualTo(histogram.percentile(0.99));
    }
}
