package io.proa.host.egress;

/// Who sends a UDP datagram to whom.
///
/// @param sourcePort 1 to 65535
/// @param destinationPort 1 to 65535
record UdpEnds(IpEnds ip, int sourcePort, int destinationPort) {
    UdpEnds reversed() {
        return new UdpEnds(ip.reversed(), destinationPort, sourcePort);
    }
}
