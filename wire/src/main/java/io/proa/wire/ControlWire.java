package io.proa.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One conversation between a sidecar and its control plane, as messages; how they become bytes is
/// its own affair.
///
/// This is the joint at which the wire is replaced. Today's is [FramedWire].
///
/// @param <I> what this end hears
/// @param <O> what this end says
public interface ControlWire<I, O> {
    /// What both ends speak; a peer of another version is refused with a sentence.
    int VERSION = 1;

    /// Says `message`, whole. Safe to call from several threads.
    void send(O message) throws IOException;

    /// Waits for the next message; null when the peer has ended the conversation between two
    /// messages.
    ///
    /// @throws MalformedMessage where the peer breaks the rules; the conversation is over
    @Nullable I receive() throws IOException;
}
