package io.proa.host.egress;

import java.nio.channels.DatagramChannel;

/// What the JDK does not offer for a connected datagram socket.
public interface ConnectedDatagrams {
    /// Whether what is sent may become fragments; otherwise it is refused where it is too long.
    void allowFragments(DatagramChannel channel, boolean allowed);

    /// The longest IP packet that the path takes, as far as this machine knows; 0 = unknown.
    int pathMtu(DatagramChannel channel);

    /// Sends a datagram without a byte, which the JDK leaves out.
    void sendEmpty(DatagramChannel channel);

    /// Whether the peer's machine has said that nobody listens; forgets it.
    boolean wasRefused(DatagramChannel channel);
}
