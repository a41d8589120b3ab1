package io.proa.proving.dataplane;

import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import java.util.List;

/// Keeps what a data plane tells, for tests to look at.
///
/// @param refused `reason:code` of what was turned away on its way in
record Noting(List<ExchangeRecord> records, List<String> refused) implements ExchangeObserver {
    @Override
    public void ended(ExchangeRecord record) {
        records.add(record);
    }

    @Override
    public void connectionOpened(Direction direction, Security security) {}

    @Override
    public void connectionClosed(Direction direction, Security security) {}

    @Override
    public void inboundRefused(Reason reason, String code) {
        refused.add(reason.code() + ":" + code);
    }

    @Override
    public void handshake(Direction direction, Handshake result) {}
}
