package io.proa.telemetry;

import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;

/// What a loop tells of its work. Called on that loop only; never blocks.
public interface ExchangeObserver {
    /// How a TLS handshake between sidecars ended.
    enum Handshake {
        /// A new session was agreed on.
        FULL,
        /// An earlier session was resumed.
        RESUMED,
        /// It failed; the reason is counted where the exchange or the refusal is recorded.
        FAILED
    }

    /// An exchange is over. The record is handed over: the loop neither changes nor reuses it
    /// afterwards.
    void ended(ExchangeRecord record);

    /// A connection to or from the other side of the sidecar (not the application's) was
    /// established.
    void connectionOpened(Direction direction, Security security);

    /// A connection counted by [#connectionOpened] is gone, however it ended.
    void connectionClosed(Direction direction, Security security);

    /// A connection or request from outside was refused before it became an exchange: plaintext in
    /// strict mode, a failed handshake, a peer without an acceptable identity.
    ///
    /// @param code the reason's detail from a fixed set (a TLS failure's code), or empty
    void inboundRefused(Reason reason, String code);

    void handshake(Direction direction, Handshake result);

    /// It is known what is spoken on a connection.
    void detected(Direction direction, SpokenProtocol spoken, DetectedBy how);
}
