/// What leaves a fleet by way of the launcher: connections, datagrams and questions for names come
/// in by sockets of the hub's network namespace, and this process passes them on as its own.
///
/// Start at [io.proa.host.egress.Relay], [io.proa.host.egress.DatagramRelay] and
/// [io.proa.host.egress.NameForwarder]. Runs in the launcher only, as plain blocking code on
/// virtual threads, but for datagrams, which one thread passes on, whatever their number; how the
/// sockets came here and which destinations are allowed is decided outside, in `io.proa.host`.
/// Nothing here knows a namespace, a rule or the C library.
@NullMarked
package io.proa.host.egress;

import org.jspecify.annotations.NullMarked;
