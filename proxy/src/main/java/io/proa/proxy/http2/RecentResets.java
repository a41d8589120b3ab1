package io.proa.proxy.http2;

import org.jspecify.annotations.Nullable;

/// The streams reset here last: the peer may not have heard of it when it sent its last frames on
/// them (RFC 9113 section 5.1), and is forgiven those alone.
final class RecentResets {
    private static final int MOST = 1024;

    // made with the first reset, since most connections have none
    private int @Nullable [] streams;
    private int count;

    void add(int stream) {
        int[] all = streams;
        if (all == null) {
            all = new int[MOST];
            streams = all;
        }
        all[count++ % MOST] = stream;
    }

    boolean contains(int stream) {
        int[] all = streams;
        if (all != null) {
            for (int i = 0; i < Math.min(count, MOST); i++) {
                if (all[i] == stream) {
                    return true;
                }
            }
        }
        return false;
    }
}
