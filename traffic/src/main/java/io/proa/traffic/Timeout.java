package io.proa.traffic;

import org.jspecify.annotations.Nullable;

/// Something that happens unless it is cancelled first. Armed by [TimerWheel#schedule]; it is its
/// own list node, so arming, re-arming and cancelling allocate nothing.
///
/// Confined to the loop of the wheel it is armed on.
public abstract class Timeout {
    @Nullable TimerWheel armedOn;
    @Nullable Timeout before;
    @Nullable Timeout after;
    long tick;
    int slot;

    protected Timeout() {}

    /// Called once per arming, on the wheel's loop, when its time has come; it is no longer armed
    /// then and may be armed again from within.
    protected abstract void expired(long nowNanos);

    /// Does nothing where it is not armed.
    public final void cancel() {
        if (armedOn != null) {
            armedOn.remove(this);
        }
    }

    public final boolean armed() {
        return armedOn != null;
    }
}
