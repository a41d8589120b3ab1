/// The service/filter algebra and every decision that needs no socket: may it pass, where to, which
/// endpoint, again or not.
///
/// Start with [io.proa.traffic.Service], [io.proa.traffic.Filter] and [io.proa.traffic.Stack]. Time
/// and chance come in as arguments, so that everything here is tested by hand-moved clocks and
/// seeded dice. No sockets, no threads, no wall clock.
@NullMarked
package io.proa.traffic;

import org.jspecify.annotations.NullMarked;
