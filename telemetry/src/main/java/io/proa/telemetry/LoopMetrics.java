package io.proa.telemetry;

import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// One loop's shard of all metrics: written by that loop alone, with plain adds; read by any
/// thread, slightly late.
///
/// A series is found by what it is about, never by a string built per request; once it exists,
/// counting allocates nothing. The number of request series is capped: what would be a further one
/// is counted under `overflow`.
public final class LoopMetrics implements ExchangeObserver {
    /// Request series per loop, and edges per loop.
    public static final int DEFAULT_SERIES = 2_000;

    static final int HANDSHAKE_CELLS = 6;
    static final int DETECTED_CELLS = 2 * SpokenProtocol.COUNT * DetectedBy.COUNT;
    private static final int REFUSALS = 64;
    private static final String OVERFLOW = "overflow";

    private final int mostSeries;
    private int series;
    private EdgeCells[] table;

    /// Append-only; replaced as a whole, so that readers need no lock.
    private volatile EdgeCells[] edges = new EdgeCells[0];

    final EdgeCells overflow = new EdgeCells(Direction.OUTBOUND, null, null, null);
    final AtomicLongArray opened = new AtomicLongArray(4);
    final AtomicLongArray closed = new AtomicLongArray(4);
    final AtomicLongArray handshakes = new AtomicLongArray(HANDSHAKE_CELLS);
    final AtomicLongArray detected = new AtomicLongArray(DETECTED_CELLS);
    final AtomicLongArray refused = new AtomicLongArray(REFUSALS);
    private final Refusal[] refusals = new Refusal[REFUSALS];
    private volatile int refusalKinds;

    record Refusal(Reason reason, String code) {}

    public LoopMetrics() {
        this(DEFAULT_SERIES);
    }

    public LoopMetrics(int mostSeries) {
        this.mostSeries = mostSeries;
        this.table = newTable(32);
    }

    @Override
    public void ended(ExchangeRecord record) {
        EdgeCells edge = edge(record.direction, record.service, record.peer, spokenTo(record));
        edge.count(record);
        int code = EdgeCells.requestCode(record);
        if (edge == overflow) {
            return;
        }
        if (!edge.requests.has(code)) {
            if (series >= mostSeries) {
                overflow.requests.increment(0);
                return;
            }
            series++;
        }
        edge.requests.increment(code);
    }

    @Override
    public void connectionOpened(Direction direction, Security security) {
        add(opened, cell(direction, security));
    }

    @Override
    public void connectionClosed(Direction direction, Security security) {
        add(closed, cell(direction, security));
    }

    @Override
    public void handshake(Direction direction, Handshake result) {
        add(handshakes, cell(direction, result));
    }

    @Override
    public void detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {
        add(detected, cell(direction, spoken, how));
    }

    @Override
    public void inboundRefused(Reason reason, String code) {
        int kinds = refusalKinds;
        for (int i = 0; i < kinds; i++) {
            if (refusals[i].reason == reason && refusals[i].code.equals(code)) {
                add(refused, i);
                return;
            }
        }
        int place = Math.min(kinds, REFUSALS - 1);
        if (kinds < REFUSALS) {
            refusals[place] = new Refusal(reason, place == REFUSALS - 1 ? OVERFLOW : code);
            refusalKinds = kinds + 1;
        }
        add(refused, place);
    }

    /// All edges so far.
    EdgeCells[] edges() {
        return edges;
    }

    int refusalKinds() {
        return refusalKinds;
    }

    Refusal refusal(int kind) {
        return refusals[kind];
    }

    static int cell(Direction direction, Security security) {
        return (direction == Direction.INBOUND ? 0 : 2) + (security == Security.MUTUAL_TLS ? 0 : 1);
    }

    static int cell(Direction direction, Handshake result) {
        int first = direction == Direction.INBOUND ? 0 : 3;
        return switch (result) {
            case FULL -> first;
            case RESUMED -> first + 1;
            case FAILED -> first + 2;
        };
    }

    static int cell(Direction direction, SpokenProtocol spoken, DetectedBy how) {
        int first = direction == Direction.INBOUND ? 0 : SpokenProtocol.COUNT;
        return (first + spoken.number()) * DetectedBy.COUNT + how.number();
    }

    private static @Nullable Security spokenTo(ExchangeRecord record) {
        boolean unsent =
                record.direction == Direction.OUTBOUND
                        && record.sentAt == 0
                        && record.security == Security.PLAINTEXT
                        && record.peer == null;
        return unsent ? null : record.security;
    }

    private EdgeCells edge(
            Direction direction,
            @Nullable ServiceName service,
            @Nullable SpiffeId peer,
            @Nullable Security security) {
        int mask = table.length - 1;
        int place = EdgeCells.hash(direction, service, peer, security) & mask;
        while (table[place] != overflow) {
            if (table[place].is(direction, service, peer, security)) {
                return table[place];
            }
            place = place + 1 & mask;
        }
        if (series >= mostSeries) {
            // Every edge has a series of its own, so there is room for none.
            overflow.requests.increment(0);
            return overflow;
        }
        EdgeCells edge = new EdgeCells(direction, service, peer, security);
        table[place] = edge;
        EdgeCells[] before = edges;
        EdgeCells[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = edge;
        edges = after;
        if (after.length * 2 > table.length) {
            grow(after);
        }
        return edge;
    }

    private void grow(EdgeCells[] all) {
        EdgeCells[] larger = newTable(table.length * 2);
        int mask = larger.length - 1;
        for (EdgeCells edge : all) {
            int place =
                    EdgeCells.hash(edge.direction, edge.service, edge.peer, edge.security) & mask;
            while (larger[place] != overflow) {
                place = place + 1 & mask;
            }
            larger[place] = edge;
        }
        table = larger;
    }

    /// A free place holds `overflow`.
    private EdgeCells[] newTable(int capacity) {
        EdgeCells[] places = new EdgeCells[capacity];
        Arrays.fill(places, overflow);
        return places;
    }

    private static void add(AtomicLongArray cells, int cell) {
        cells.setOpaque(cell, cells.getPlain(cell) + 1);
    }
}
