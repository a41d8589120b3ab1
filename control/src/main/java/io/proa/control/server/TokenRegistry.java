package io.proa.control.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
    private final TokenFile file;
    private final InstantSource clock;
    private final InstantSource steady;
    private final Consumer<String> log;
    private final Map<String, Entry> entries = new HashMap<>();

    /// @param expires by the steady clock
    @SuppressWarnings("ArrayRecordComponent") // held, never compared as a record
    private record Entry(byte[] hash, Instant expires, @Nullable Claim claim) {}

    /// The right to what one token is worth.
    final class Claim {
        private final String pod;
        private boolean spent;

        private Claim(String pod) {
            this.pod = pod;
        }

        /// Nobody can use the token again, not even after a restart. Any number of times.
        ///
        /// @return false where the token has been replaced meanwhile and is worth nothing
        /// @throws IOException where that cannot be kept on disk; the token is not spent
        boolean spend() throws IOException {
            return TokenRegistry.this.spend(this);
        }

        /// Somebody else may use it, until it expires. After [#spend] without effect.
        void giveBack() {
            TokenRegistry.this.giveBack(this);
        }
    }

    /// Begins with what is kept in `folder`.
    ///
    /// @param lifetime how long a token waits to be used
    /// @param clock the wall clock, for lifetimes across a restart
    /// @param steady see [SteadyClock]
    /// @param log takes one line each
    public TokenRegistry(
            Path folder,
            Duration lifetime,
            InstantSource clock,
            InstantSource steady,
            Consumer<String> log) {
        this.lifetime = lifetime;
        this.file = new TokenFile(folder);
        this.clock = clock;
        this.steady = steady;
        this.log = log;
        restore();
    }

    /// A new token; an older one of the same pod is no longer worth anything.
    public synchronized String issue(String pod) {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        entries.put(pod, new Entry(hash(token), steady.instant().plus(lifetime), null));
        try {
            save();
        } catch (IOException e) {
            log.accept("control: a restart will void the tokens given out: " + e.getMessage());
        }
        return token;
    }

    /// @return null where the token is not this pod's, is spent, claimed or expired
    synchronized @Nullable Claim claim(String pod, String token) {
        Entry entry = entries.get(pod);
        byte[] shown = hash(token);
        // compared in any case, and in constant time: the answer's delay tells nothing
        byte[] expected = entry == null ? new byte[shown.length] : entry.hash();
        boolean same = MessageDigest.isEqual(expected, shown);
        if (!same
                || entry == null
                || entry.claim() != null
                || steady.instant().isAfter(entry.expires())) {
            return null;
        }
        var claim = new Claim(pod);
        entries.put(pod, new Entry(entry.hash(), entry.expires(), claim));
        return claim;
    }

    private synchronized boolean spend(Claim claim) throws IOException {
        if (claim.spent) {
            return true;
        }
        Entry entry = entries.get(claim.pod);
        if (entry == null || entry.claim() != claim) {
            return false;
        }
        entries.remove(claim.pod);
        try {
            save();
        } catch (IOException e) {
            entries.put(claim.pod, entry);
            throw e;
        }
        claim.spent = true;
        return true;
    }

    private synchronized void giveBack(Claim claim) {
        Entry entry = entries.get(claim.pod);
        if (entry != null && entry.claim() == claim) {
            entries.put(claim.pod, new Entry(entry.hash(), entry.expires(), null));
        }
    }

    /// No longer than tokens live, whatever the wall clock did meanwhile.
    private void restore() {
        try {
            Instant now = clock.instant();
            for (TokenFile.Kept kept : file.load()) {
                Duration left = Duration.between(now, kept.expires());
                if (left.isPositive()) {
                    Duration bounded = left.compareTo(lifetime) < 0 ? left : lifetime;
                    Instant expires = steady.instant().plus(bounded);
                    entries.put(kept.pod(), new Entry(kept.hash(), expires, null));
                }
            }
        } catch (IOException e) {
            log.accept("control: tokens given out before are void: " + e.getMessage());
        }
    }

    private void save() throws IOException {
        Instant now = steady.instant();
        entries.values().removeIf(entry -> entry.claim() == null && now.isAfter(entry.expires()));
        List<TokenFile.Kept> kept = new ArrayList<>();
        entries.forEach((pod, entry) -> {
            Duration left = Duration.between(now, entry.expires());
            kept.add(new TokenFile.Kept(pod, entry.hash(), clock.instant().plus(left)));
        });
        file.save(kept);
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
