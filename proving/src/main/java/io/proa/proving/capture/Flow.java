package io.proa.proving.capture;

import io.proa.proving.capture.Packet.Ends;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One TCP connection on the bridge: both directions put in order, read as TLS and searched for
/// words that must not be there.
final class Flow {
    private static final int KEPT = 512;

    /// One direction.
    private final class Way {
        final TlsRecords records;
        final Markers.Search search;
        private @Nullable StreamOrder order;
        byte[] first = new byte[0];

        Way(TlsRecords.Side side, Markers markers) {
            this.records = new TlsRecords(side);
            this.search = markers.search();
        }

        /// @return where its bytes are put in order, from the first SYN on
        StreamOrder begin(int sequence) {
            StreamOrder begun = order;
            if (begun == null) {
                begun = new StreamOrder(sequence + 1, this::take);
                order = begun;
            }
            return begun;
        }

        private void take(byte[] data, int from, int to) {
            if (first.length < KEPT) {
                int n = Math.min(to - from, KEPT - first.length);
                byte[] more = Arrays.copyOf(first, first.length + n);
                System.arraycopy(data, from, more, first.length, n);
                first = more;
            }
            records.take(data, from, to);
            search.take(data, from, to, words);
            payload += to - from;
        }

        boolean hasGap() {
            return order != null && order.hasGap();
        }
    }

    private final Ends ends;
    private final int begin;
    private final Way client;
    private final Way server;
    private final Set<String> words = new TreeSet<>();
    private long payload;
    private boolean unbegun;

    /// @param ends as the connection's opener sees them
    /// @param begin the opener's first sequence number
    Flow(Ends ends, int begin, Markers markers) {
        this.ends = ends;
        this.begin = begin;
        this.client = new Way(TlsRecords.Side.CLIENT, markers);
        this.server = new Way(TlsRecords.Side.SERVER, markers);
    }

    /// Whether a SYN is of this connection rather than of a later one between the same ends.
    boolean beginsAt(int sequence) {
        return begin == sequence;
    }

    /// @return how many bytes it brought that had not been seen
    long take(Packet.Tcp segment) {
        Way way = segment.ends().equals(ends) ? client : server;
        long before = payload;
        if (segment.syn()) {
            way.begin(segment.sequence())
                    .segment(segment.sequence() + 1, segment.frame(), segment.from(), segment.to());
        } else if (segment.to() > segment.from()) {
            StreamOrder order = way.order;
            if (order == null) {
                unbegun = true;
            } else {
                order.segment(segment.sequence(), segment.frame(), segment.from(), segment.to());
            }
        }
        return payload - before;
    }

    Ends ends() {
        return ends;
    }

    /// Whether anything was said at all.
    boolean spoke() {
        return payload > 0 || unbegun;
    }

    /// Words found in either direction.
    Set<String> words() {
        return words;
    }

    /// What makes this anything but TLS 1.3 from its first byte to its last; empty = nothing.
    String notTls() {
        if (unbegun) {
            return "its beginning is not in the record";
        }
        if (client.hasGap() || server.hasGap()) {
            return "bytes of it are not in the record";
        }
        if (!client.records.problem().isEmpty()) {
            return "the client: " + client.records.problem();
        }
        return serverNotTls();
    }

    /// The same of the answering side alone, whose client may speak as it likes.
    String serverNotTls() {
        return server.records.problem().isEmpty() ? "" : "the server: " + server.records.problem();
    }

    /// Whether both sides agreed on keys.
    boolean agreed() {
        return server.records.hello().offers13();
    }

    String group() {
        return server.records.hello().groupName();
    }

    long records() {
        return client.records.records() + server.records.records();
    }

    /// How the answer begins, as text.
    String answer() {
        return new String(server.first, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
