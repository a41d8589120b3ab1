/// Intent checked as a whole and compiled: documents come in; a fleet leaves in which every
/// service, pod, address and identity is settled, or all that is wrong.
///
/// Open first [io.proa.control.fleet.IntentCompiler] and [io.proa.control.fleet.CompiledFleet].
/// What must not be here: YAML, time, and sockets, but for a look whether a port of this machine is
/// free.
@NullMarked
package io.proa.control.fleet;

import org.jspecify.annotations.NullMarked;
