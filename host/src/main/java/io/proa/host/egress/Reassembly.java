package io.proa.host.egress;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes packets whole whose fragments come in their order. For one thread.
///
/// The hub's kernel has put each packet together before, if only to look at it, so that another
/// order, gaps and overlaps are nobody's work but an attacker's: such packets are lost (RFC 5722).
/// Bounded: [#MOST] packets, the oldest of which makes room for a new one.
final class Reassembly {
    static final int MOST = 32;

    private static final int FIRST_ROOM = 8 * 1024;
    private static final int LONGEST = 0xffff;
    // RFC 791, section 3.2, asks for at least 15 s; here all come at once.
    private static final long PATIENCE_NANOS = 15_000_000_000L;

    private final Losses losses;
    // The oldest first.
    private final Map<IpPacket.PacketName, Part> parts = new LinkedHashMap<>();

    Reassembly(Losses losses) {
        this.losses = losses;
    }

    private static final class Part {
        private final int header;
        private final long sinceNanos;
        private ByteBuffer frame = ByteBuffer.allocate(FIRST_ROOM);

        /// @param header bytes of the IP header
        Part(ByteBuffer first, int header, long now) {
            this.header = header;
            this.sinceNanos = now;
            frame.put(0, first, 0, IpPacket.LINK + header).position(IpPacket.LINK + header);
        }

        int payload() {
            return frame.position() - IpPacket.LINK - header;
        }

        void add(ByteBuffer from, int at, int length) {
            if (length > frame.remaining()) {
                int room = Math.max(frame.capacity() * 2, frame.position() + length);
                frame = ByteBuffer.allocate(room).put(frame.flip());
            }
            frame.put(frame.position(), from, at, length).position(frame.position() + length);
        }
    }

    /// @param frame holds the fragment
    /// @return the whole packet as a frame; null while there is none
    @Nullable ByteBuffer add(IpPacket.Fragment fragment, ByteBuffer frame, long now) {
        IpPacket.PacketName name = fragment.name();
        Part part = parts.get(name);
        if (part == null && fragment.offset() == 0) {
            makeRoom(now);
            part = new Part(frame, fragment.headerLength(), now);
            parts.put(name, part);
        }
        if (part == null || part.payload() != fragment.offset()) {
            parts.remove(name);
            losses.count(Undelivered.INCOMPLETE, name.ends());
            return null;
        }
        part.add(frame, fragment.at(), fragment.length());
        if (fragment.more()) {
            return null;
        }
        parts.remove(name);
        if (part.payload() + (name.ends().v6() ? 0 : part.header) > LONGEST) {
            losses.count(Undelivered.BROKEN, "a packet that is too long");
            return null;
        }
        return whole(part, name);
    }

    private void makeRoom(long now) {
        Iterator<Map.Entry<IpPacket.PacketName, Part>> oldest = parts.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<IpPacket.PacketName, Part> entry = oldest.next();
            if (parts.size() < MOST && now - entry.getValue().sinceNanos < PATIENCE_NANOS) {
                return;
            }
            oldest.remove();
            losses.count(Undelivered.INCOMPLETE, entry.getKey().ends());
        }
    }

    /// The header of the first fragment becomes that of a packet without any.
    private static ByteBuffer whole(Part part, IpPacket.PacketName name) {
        ByteBuffer frame = part.frame;
        int payload = part.payload();
        if (name.ends().v6()) {
            frame.putShort(IpPacket.LINK + 4, (short) payload);
            frame.put(IpPacket.LINK + 6, (byte) name.protocol());
        } else {
            frame.putShort(IpPacket.LINK + 2, (short) (part.header + payload));
            frame.putShort(IpPacket.LINK + IpPacket.V4_FRAGMENT_AT, (short) 0);
            frame.putShort(IpPacket.LINK + IpPacket.V4_CHECKSUM_AT, (short) 0);
            int sum = InternetChecksum.of(frame, IpPacket.LINK, part.header, 0);
            frame.putShort(IpPacket.LINK + IpPacket.V4_CHECKSUM_AT, (short) sum);
        }
        return frame.flip();
    }

    int underWay() {
        return parts.size();
    }
}
