package io.proa.control.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Single-use secrets, each bound to one pod. Only their hashes are held. Safe for use by several
/// threads.
///
/// A token is claimed by the connection that shows it and spent when a certificate has been issued
/// on it; a connection that ends before gives it back, so that a sidecar is not locked out by a
/// broken line.
public final class TokenRegistry {
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Duration lifetime;
    private final Map<String, Entry> entries = new HashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // held, never compared as a record
    private record Entry(byte[] hash, Instant expires, @Nullable Claim claim) {}

    /// The right to what one token is worth.
    final class Claim {
        private final String pod;

        private Claim(String pod) {
            this.pod = pod;
        }

        /// Nobody can use the token again.
        void spend() {
            settle(this, true);
        }

        /// Somebody else may use it, until it expires. After [#spend] without effect.
        void giveBack() {
            settle(this, false);
        }
    }

    public TokenRegistry(Duration lifetime) {
        this.lifetime = lifetime;
    }

    /// A new token; an older one of the same pod is no longer worth anything.
    public synchronized String issue(String pod, Instant now) {
        entries.values().removeIf(entry -> now.isAfter(entry.expires()));
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        entries.put(pod, new Entry(hash(token), now.plus(lifetime), null));
        return token;
    }

    /// @return null where the token is not this pod's, is spent, claimed or expired
    synchronized @Nullable Claim claim(String pod, String token, Instant now) {
        Entry entry = entries.get(pod);
        byte[] shown = hash(token);
        // compared in any case, and in constant time: the answer's delay tells nothing
        byte[] expected = entry == null ? new byte[shown.length] : entry.hash();
        boolean same = MessageDigest.isEqual(expected, shown);
        if (!same || entry == null || entry.claim() != null || now.isAfter(entry.expires())) {
            return null;
        }
        var claim = new Claim(pod);
        entries.put(pod, new Entry(entry.hash(), entry.expires(), claim));
        return claim;
    }

    private synchronized void settle(Claim claim, boolean spent) {
        Entry entry = entries.get(claim.pod);
        if (entry == null || entry.claim() != claim) {
            return;
        }
        if (spent) {
            entries.remove(claim.pod);
        } else {
            entries.put(claim.pod, new Entry(entry.hash(), entry.expires(), null));
        }
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
