package io.proa.proving.dataplane;

import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.util.List;
import java.util.Locale;

/// Keeps what a data plane tells, for tests to look at.
///
/// @param refused `reason:code` of what was turned away on its way in
/// @param detected `direction protocol how`
record Noting(List<ExchangeRecord> records, List<String> refused, List<String> detected)
        implements ExchangeObserver {
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

    @Override
    public void detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {
        detected.add(
                direction.name().toLowerCase(Locale.ROOT)
                        + " "
                        + spoken.label()
                        + " "
                        + how.label());
    }
}
