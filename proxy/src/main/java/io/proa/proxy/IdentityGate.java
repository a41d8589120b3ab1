package io.proa.proxy;

import io.proa.identity.TlsContext;
import org.jspecify.annotations.Nullable;

/// The TLS context of now; replaced whole when identity or trust bundle rotates. Connections made
/// with an older one live on. Any thread.
public final class IdentityGate {
    private volatile @Nullable TlsContext current;

    /// Replaces the context and releases the one before it.
    public void open(TlsContext next) {
        TlsContext before = current;
        current = next;
        if (before != null) {
            before.close();
        }
    }

    public boolean isOpen() {
        return current != null;
    }

    @Nullable TlsContext current() {
        return current;
    }
}
