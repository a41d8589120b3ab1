package io.proa.traffic;

/// One endpoint of a [PeakEwmaBalancer] with what is known of its load. Loop-confined; a call that
/// began before the endpoint left the balancer may still end here.
public final class Loaded<T> {
    /// A failure multiplies the cost by four, a streak of five or more by 1024.
    private static final int STREAK_BITS = 2;

    private static final int LONGEST_STREAK = 5;

    /// Taken for the latency of an endpoint that has calls outstanding and was never heard of.
    private static final double UNKNOWN_NANOS = 1e9;

    private static final double SHORTEST_NANOS = 1_000;

    private final PeakEwmaBalancer<T> balancer;
    private final T endpoint;
    private final double weight;
    int index;
    private int outstanding;
    private int streak;
    private double latency;
    private long stamp;

    Loaded(PeakEwmaBalancer<T> balancer, T endpoint, int weight, long now) {
        this.balancer = balancer;
        this.endpoint = endpoint;
        this.weight = Math.max(1, weight);
        this.stamp = now;
    }

    public T endpoint() {
        return endpoint;
    }

    /// A call starts; [#end] must follow.
    public void begin(long now) {
        outstanding++;
    }

    /// A call is over.
    ///
    /// @param latencyNanos from sending to the first byte of an answer, or to the failure
    /// @param success whether the endpoint did its part; a status of 500 or more, or no answer, is
    ///   none
    public void end(long now, long latencyNanos, boolean success) {
        outstanding--;
        double seen = Math.max((double) latencyNanos, SHORTEST_NANOS);
        double keep = fade(now);
        if (success) {
            latency = seen > latency ? seen : latency * keep + seen * (1 - keep);
            streak = 0;
            balancer.typical += (seen - balancer.typical) / 16;
        } else {
            // A fast failure says nothing good: it never lowers what is known, and a new endpoint
            // is taken for a
            // typical one, so that failing quickly attracts no traffic.
            latency = Math.max(Math.max(latency * keep, seen), balancer.typical);
            streak = Math.min(streak + 1, LONGEST_STREAK);
        }
        stamp = Math.max(stamp, now);
    }

    /// Calls begun and not ended.
    public int outstanding() {
        return outstanding;
    }

    /// Nanoseconds that one more call is expected to wait, in units that compare within one
    /// balancer.
    public double cost(long now) {
        double keep = fade(now);
        double base = latency * keep;
        if (base < 1) {
            // Idle and unknown, or forgotten: worth one probe, not more.
            return outstanding == 0 ? 0 : UNKNOWN_NANOS * outstanding / weight;
        }
        double penalty = streak == 0 ? 1 : 1 + ((1 << STREAK_BITS * streak) - 1) * keep;
        return base * penalty * (outstanding + 1) / weight;
    }

    private double fade(long now) {
        long silence = now - stamp;
        return silence <= 0 ? 1 : Math.exp(-silence / PeakEwmaBalancer.DECAY_NANOS);
    }
}
