package io.proa.proving.attack;

import io.proa.model.IpPort;
import java.net.InetAddress;

/// Where a candidate is called, on loopback; each port stands for a service of the origin.
///
/// @param small answers at once, in a few bytes
/// @param large answers with a body that is too long for anybody
/// @param deaf takes a connection and its first head, and reads nothing more
/// @param hostile an upstream of HTTP/2 that plays what [HostileOrigin] is told to
record Doors(int small, int large, int deaf, int hostile, HostileOrigin upstream) {
    static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");
}
