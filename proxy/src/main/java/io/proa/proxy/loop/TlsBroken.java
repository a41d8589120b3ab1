package io.proa.proxy.loop;

import io.proa.identity.TlsFailure;
import java.io.IOException;

/// A [TlsFailure] on its way through a [Link].
public final class TlsBroken extends IOException {
    private static final long serialVersionUID = 1;

    private final TlsFailure failure;

    TlsBroken(TlsFailure failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
    }

    public TlsFailure failure() {
        return failure;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
