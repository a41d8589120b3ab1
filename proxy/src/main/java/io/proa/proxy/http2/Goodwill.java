package io.proa.proxy.http2;

/// How much work that leads nowhere a peer may still cause on a connection: pings, settings,
/// resets, empty frames. What it does that leads somewhere earns more, and time does.
///
/// One rule for all floods (CVE-2019-9512 to 9518, CVE-2023-44487, CVE-2024-27316, CVE-2025-8671).
final class Goodwill {
    /// A frame that carries nothing of a message.
    static final int IDLE_FRAME = 1;

    /// A stream that ends by a reset, whoever sent it.
    static final int RESET = 10;

    private static final int MOST = 2000;
    private static final int PER_SECOND = 200;
    private static final long SECOND = 1_000_000_000L;

    private int left = MOST;
    private long since;

    Goodwill(long now) {
        since = now;
    }

    void earn(int points) {
        left = Math.min(MOST, left + points);
    }

    /// @return false where that was too much
    boolean spend(int points, long now) {
        left -= points;
        if (left >= 0) {
            return true;
        }
        long refill = Math.min(MOST, (now - since) * PER_SECOND / SECOND);
        if (refill > 0) {
            since = now;
            left = (int) Math.min(MOST, left + refill);
        }
        return left >= 0;
    }
}
