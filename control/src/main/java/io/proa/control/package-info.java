/// The control plane: reads intent, compiles and checks it, and gives each workload its snapshot
/// and its identity.
///
/// Open first [io.proa.control.ControlPlane], one process' life. Below it: `intent` (text to
/// documents), `fleet` (documents to a checked whole), `authority` (certificates) and `server` (the
/// wire). What must not be here: any traffic of applications; a sidecar serves on without this
/// process.
@NullMarked
package io.proa.control;

import org.jspecify.annotations.NullMarked;
