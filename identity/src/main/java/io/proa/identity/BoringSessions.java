package io.proa.identity;

import io.netty.internal.tcnative.SSLSession;
import io.proa.model.SpiffeId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// Tickets a client may resume with, by whom it expects. Each is used once (RFC 8446, appendix C.4)
/// and dies with its context, so none survives a change of identity or trust bundle.
///
/// Native sessions are owned here from [#keep] until [#take] or [#close].
final class BoringSessions {
    private static final int PEERS = 256;
    private static final int PER_PEER = 4;

    record Key(SpiffeId expected, String serverName, List<String> protocols) {}

    private final ConcurrentHashMap<Key, ArrayDeque<Long>> byPeer = new ConcurrentHashMap<>();

    /// Takes ownership of `session`.
    void keep(Key key, long session) {
        byPeer.compute(
                key,
                (_, held) -> {
                    if (held == null) {
                        if (byPeer.mappingCount() >= PEERS) {
                            SSLSession.free(session);
                            return null;
                        }
                        held = new ArrayDeque<>(PER_PEER);
                    }
                    if (held.size() >= PER_PEER) {
                        SSLSession.free(held.removeFirst());
                    }
                    held.addLast(session);
                    return held;
                });
    }

    /// The newest session of a peer, now owned by the caller; 0 where there is none.
    long take(Key key) {
        long[] taken = new long[1];
        byPeer.computeIfPresent(
                key,
                (_, held) -> {
                    taken[0] = held.removeLast();
                    return held.isEmpty() ? null : held;
                });
        return taken[0];
    }

    void close() {
        for (Key key : byPeer.keySet()) {
            ArrayDeque<Long> held = byPeer.remove(key);
            if (held != null) {
                held.forEach(SSLSession::free);
            }
        }
    }
}
