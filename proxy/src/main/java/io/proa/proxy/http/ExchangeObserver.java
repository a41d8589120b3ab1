package io.proa.proxy.http;

import io.proa.traffic.ExchangeRecord;

/// Receives each exchange's record once, when it has ended.
@FunctionalInterface
public interface ExchangeObserver {
    void ended(ExchangeRecord record);
}
