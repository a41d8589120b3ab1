/// Intent checked as a whole and compiled: documents come in; a fleet leaves in which every
/// service, pod, address and identity is settled, or all that is wrong.
///
/// Open first [io.proa.control.fleet.IntentCompiler] and [io.proa.control.fleet.CompiledFleet].
/// What must not be here: YAML, sockets, and time.
@NullMarked
package io.proa.control.fleet;

import org.jspecify.annotations.NullMarked;
