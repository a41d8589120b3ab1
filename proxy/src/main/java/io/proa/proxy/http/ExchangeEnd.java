package io.proa.proxy.http;

/// Told of each exchange once, when it has ended; its record is complete then.
@FunctionalInterface
public interface ExchangeEnd {
    void ended(Exchange exchange);
}
