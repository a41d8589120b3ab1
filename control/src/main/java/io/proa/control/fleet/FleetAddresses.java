package io.proa.control.fleet;

import java.net.InetAddress;
import java.util.List;

/// Where the pods and services of a fleet are, each by the number that [AddressBook] gave it.
public sealed interface FleetAddresses permits AddressBlocks, SharedLoopback {
    /// @param index from 0
    PodAddress pod(int index);

    /// Virtual addresses: nobody listens there.
    ///
    /// @param index from 0
    List<InetAddress> service(int index);

    /// How many pods, and how many services, there is room for.
    int capacity();

    /// Whether a pod that is new can be where its number says.
    boolean isUsable(int index);
}
