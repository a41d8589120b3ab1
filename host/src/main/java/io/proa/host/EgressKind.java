package io.proa.host;

/// How pods reach what is outside their fleet.
public enum EgressKind {
    /// Not at all.
    NONE,
    /// TCP and UDP, by sockets that this process makes on the pods' behalf, as root or not; takes
    /// no power over the machine's network and changes nothing of it. Everything else is refused
    /// with an ICMP error.
    RELAY
}
