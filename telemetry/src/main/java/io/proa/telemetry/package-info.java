/// Turns finished exchange records into metrics, access log and traces.
///
/// A loop hands each finished [io.proa.traffic.ExchangeRecord] to its own
/// [io.proa.telemetry.ExchangeObserver], once, and neither waits nor locks nor, once a series
/// exists, allocates. Everything that is read (the Prometheus page, the JSON summary, the access
/// log) is joined from the loops' shards and written on other threads. Start with
/// [io.proa.telemetry.Telemetry]. No decision about a request is made here.
@NullMarked
package io.proa.telemetry;

import org.jspecify.annotations.NullMarked;
