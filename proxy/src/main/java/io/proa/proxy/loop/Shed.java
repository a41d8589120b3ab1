package io.proa.proxy.loop;

import java.io.IOException;

/// A connection or stream ends because memory is short, and it held some without moving.
public final class Shed extends IOException {
    private static final long serialVersionUID = 1;

    public Shed(String what) {
        super(what);
    }

    /// It comes often where it comes.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is written
    public Throwable fillInStackTrace() {
        return this;
    }
}
