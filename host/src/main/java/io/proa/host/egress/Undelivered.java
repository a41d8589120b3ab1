package io.proa.host.egress;

/// Why UDP between pods and the outside was not passed on.
public enum Undelivered {
    /// Neither IPv4 nor IPv6, or with lengths or checksums that are wrong.
    BROKEN("what is no datagram of a pod"),
    /// To this machine's loopback, or an address of the mesh that nobody has.
    FORBIDDEN("datagrams to addresses that are closed to pods"),
    /// Another protocol than TCP and UDP.
    OTHER_PROTOCOL("packets that are neither TCP nor UDP"),
    /// No socket could be made, or connected, for it.
    NO_WAY("datagrams to what this machine cannot reach"),
    /// Longer than the path takes, and not to be fragmented; its sender is told.
    TOO_LONG("datagrams that are longer than their path allows"),
    /// Fragments of which some never came.
    INCOMPLETE("fragments of incomplete datagrams"),
    /// The kernel's buffer of a socket was full.
    BUSY("datagrams that came faster than they could be passed on"),
    /// Answers that could not be given to the pod.
    ANSWER("answers that could not be given back");

    private final String what;

    Undelivered(String what) {
        this.what = what;
    }

    /// In the plural.
    String what() {
        return what;
    }
}
