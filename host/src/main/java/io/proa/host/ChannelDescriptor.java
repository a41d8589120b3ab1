package io.proa.host;

import java.nio.channels.Channel;
import sun.nio.ch.SelChImpl;

/// The kernel's number for a channel, valid for as long as the caller keeps the channel open.
final class ChannelDescriptor {
    private ChannelDescriptor() {}

    /// @throws IllegalArgumentException for a channel that is not the JDK's own
    static int of(Channel channel) {
        if (channel instanceof SelChImpl own) {
            return own.getFDVal();
        }
        throw new IllegalArgumentException(
                channel.getClass().getName() + ": expected a socket channel made by the JDK");
    }
}
