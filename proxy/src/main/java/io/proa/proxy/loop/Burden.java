package io.proa.proxy.loop;

/// What holds memory of a loop for somebody else, and can be made to let go. Told to its [Loop]
/// while it lives.
public interface Burden {
    /// Since when nothing of it has moved, in the loop's time; [Long#MAX_VALUE] = it holds nothing.
    long quietSince();

    /// Ends it, so that others can go on.
    void shed();
}
