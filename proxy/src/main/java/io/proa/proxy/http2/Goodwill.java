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

    /// A sidecar has dozens of clients on one connection, has bounded each of them, and all would
    /// lose by it.
    private static final int FOR_MANY = 25;

    private final int most;
    private final int perSecond;
    private int left;
    private long since;

    /// @param many whether the peer speaks for many clients
    Goodwill(long now, boolean many) {
        since = now;
        most = many ? MOST * FOR_MANY : MOST;
        perSecond = many ? PER_SECOND * FOR_MANY : PER_SECOND;
        left = most;
    }

    void earn(int points) {
        left = Math.min(most, left + points);
    }

    /// @return false where that was too much
    boolean spend(int points, long now) {
        left -= points;
        if (left >= 0) {
            return true;
        }
        long refill = Math.min(most, (now - since) * perSecond / SECOND);
        if (refill > 0) {
            since = now;
            left = (int) Math.min(most, left + refill);
        }
        return left >= 0;
    }
}
