package io.proa.telemetry;

import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// The labels of an edge, ordered as pages print them.
///
/// @param service `name.namespace`, empty for destinations outside the mesh
/// @param peer a SPIFFE id, empty where nobody proved one
record EdgeKey(String direction, String service, String peer, String security)
        implements Comparable<EdgeKey> {
    static final String OVERFLOW = "overflow";
    static final EdgeKey OF_OVERFLOW = new EdgeKey(OVERFLOW, OVERFLOW, OVERFLOW, OVERFLOW);

    private static final Comparator<EdgeKey> ORDER =
            Comparator.comparing(EdgeKey::direction)
                    .thenComparing(EdgeKey::service)
                    .thenComparing(EdgeKey::peer)
                    .thenComparing(EdgeKey::security);

    static EdgeKey of(EdgeCells cells) {
        return new EdgeKey(
                label(cells.direction),
                cells.service == null ? "" : cells.service.toString(),
                cells.peer == null ? "" : cells.peer.toString(),
                label(cells.security));
    }

    static String label(Direction direction) {
        return switch (direction) {
            case INBOUND -> "inbound";
            case OUTBOUND -> "outbound";
        };
    }

    static String label(@Nullable Security security) {
        return switch (security) {
            case MUTUAL_TLS -> "mutual_tls";
            case PLAINTEXT -> "plaintext";
            case null -> "none";
        };
    }

    @Override
    public int compareTo(EdgeKey other) {
        return ORDER.compare(this, other);
    }
}
