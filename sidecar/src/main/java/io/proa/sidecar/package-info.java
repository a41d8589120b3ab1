/// The sidecar's process: its settings, its wiring, its admin interface.
///
/// Start with [io.proa.sidecar.SidecarMain]. Nothing here decides about traffic; nothing heavier
/// than the data plane is on this module's class path.
@NullMarked
package io.proa.sidecar;

import org.jspecify.annotations.NullMarked;
