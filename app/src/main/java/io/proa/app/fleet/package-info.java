/// A fleet on this machine: from checked documents to running pods, and back to nothing.
///
/// Start with [io.proa.app.fleet.FleetRunner]. Everything checkable is checked by
/// [io.proa.app.fleet.Preflight] before anything starts; everything started is undone in reverse
/// order by one [io.proa.app.fleet.Teardown], also when the start fails half way. Plain blocking
/// code on virtual threads; no data plane here.
@NullMarked
package io.proa.app.fleet;

import org.jspecify.annotations.NullMarked;
