package io.proa.host.egress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Gives answers and errors back to the pods. For one thread.
final class PodSide {
    private final WritableByteChannel to;
    private final IpWriter writer;
    private final Losses losses;
    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(IpWriter.PAYLOAD_AT + 0xffff);
    private final ByteBuffer small = ByteBuffer.allocateDirect(IpPacket.LINK + IpWriter.LINK_MTU);

    PodSide(WritableByteChannel to, long mac, Losses losses) {
        this.to = to;
        this.writer = new IpWriter(mac);
        this.losses = losses;
    }

    /// Where the payload of an answer is to be put.
    ByteBuffer payload() {
        return outgoing.clear().position(IpWriter.PAYLOAD_AT);
    }

    /// Gives the payload that was put there to a pod.
    ///
    /// @param ends from the outside to the pod
    /// @param length 0 to 65527
    void give(UdpEnds ends, int length) {
        outgoing.clear();
        if (!ends.ip().v6() && length > IpWriter.LONGEST_V4) {
            losses.count(Undelivered.ANSWER, ends.ip());
        } else if (IpWriter.needsFragments(ends, length)) {
            writer.fragmented(outgoing, ends, length);
            int offset = 0;
            do {
                offset = writer.fragment(outgoing, ends, length, offset, small);
                write(small, ends.ip());
            } while (offset > 0);
        } else {
            writer.datagram(outgoing, ends, length);
            write(outgoing, ends.ip());
        }
    }

    /// Tells a pod's kernel of a datagram that did not arrive.
    ///
    /// @param ends of that datagram
    void refuse(UdpEnds ends, Refusal why, int mtu) {
        int ports = ends.sourcePort() << 16 | ends.destinationPort();
        refuse(ends.ip(), IpPacket.UDP, ports, why, mtu);
    }

    /// @param ports the packet's first four bytes
    void refuse(IpEnds ends, int protocol, int ports, Refusal why, int mtu) {
        writer.refusal(small, ends, protocol, ports, why, mtu);
        write(small, ends.reversed());
    }

    private void write(ByteBuffer frame, IpEnds ends) {
        try {
            if (to.write(frame) <= 0) {
                losses.count(Undelivered.ANSWER, ends);
            }
        } catch (IOException _) {
            losses.count(Undelivered.ANSWER, ends);
        }
    }

    void close() {
        try {
            to.close();
        } catch (IOException _) {
            // there is nothing left to do for it
        }
    }
}
