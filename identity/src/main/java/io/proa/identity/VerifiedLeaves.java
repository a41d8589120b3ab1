package io.proa.identity;

import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Verdicts on leaves seen before, by their exact bytes, until the first certificate of their chain
/// expires. Only accepted leaves get in, so a stranger can neither fill it nor choose its keys.
/// (That a peer holds the leaf's key is proved anew in each handshake; it is no part of the
/// verdict.)
final class VerifiedLeaves {
    private static final int LIMIT = 512;

    private static final class Leaf {
        private final byte[] der;
        private final int hash;

        Leaf(byte[] der) {
            this.der = der;
            this.hash = Arrays.hashCode(der);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Leaf leaf && Arrays.equals(der, leaf.der);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final ConcurrentHashMap<Leaf, VerifiedPeer> peers = new ConcurrentHashMap<>();

    @Nullable VerifiedPeer find(byte[] der, Instant now) {
        Leaf leaf = new Leaf(der);
        VerifiedPeer peer = peers.get(leaf);
        if (peer != null && now.isAfter(peer.notAfter())) {
            peers.remove(leaf);
            return null;
        }
        return peer;
    }

    void keep(byte[] der, VerifiedPeer peer, Instant now) {
        if (peers.mappingCount() >= LIMIT) {
            peers.values().removeIf(known -> now.isAfter(known.notAfter()));
            if (peers.mappingCount() >= LIMIT) {
                peers.clear();
            }
        }
        peers.put(new Leaf(der), peer);
    }
}
