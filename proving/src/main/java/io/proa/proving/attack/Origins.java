package io.proa.proving.attack;

import java.io.IOException;

/// What stands behind all candidates.
final class Origins implements AutoCloseable {
    final Origin small = new Origin(Origin.Kind.SMALL);
    final Origin large = new Origin(Origin.Kind.LARGE);
    final Origin deaf = new Origin(Origin.Kind.DEAF);
    final HostileOrigin hostile = new HostileOrigin();

    Origins() throws IOException {}

    @Override
    public void close() throws IOException {
        small.close();
        large.close();
        deaf.close();
        hostile.close();
    }
}
