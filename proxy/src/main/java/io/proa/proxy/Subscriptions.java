package io.proa.proxy;

import io.proa.model.IpPort;

/// Asks for what the application dials for the first time. Any thread; never blocks.
@FunctionalInterface
public interface Subscriptions {
    /// Everything there is to know is known: what is not in the snapshot lies outside the mesh.
    Subscriptions NONE = _ -> false;

    /// @return whether an answer will come with a later snapshot
    boolean waitFor(IpPort destination);
}
