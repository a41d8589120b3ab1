package io.proa.host.egress;

/// What ICMP says of a packet that did not arrive (RFC 792, RFC 1191, RFC 4443). Of the errors for
/// "no way there", those that a UDP socket reports to its program.
enum Refusal {
    /// Nobody listens.
    PORT_UNREACHABLE(3, 3, 1, 4),
    /// Not to be reached from here.
    PROHIBITED(3, 13, 1, 1),
    /// Longer than the path allows.
    TOO_BIG(3, 4, 2, 0);

    /// Type and code.
    final int v4;

    /// Type and code.
    final int v6;

    Refusal(int typeV4, int codeV4, int typeV6, int codeV6) {
        this.v4 = typeV4 << 8 | codeV4;
        this.v6 = typeV6 << 8 | codeV6;
    }
}
