/// Reads intent: YAML text comes in; typed documents leave, each value with the place it stands at,
/// and all problems at once.
///
/// Open first [io.proa.control.intent.IntentReader]; [io.proa.control.intent.IntentDocument] is
/// what it makes. What must not be here: checks that need more than one document (they are the
/// compiler's, in `io.proa.control.fleet`).
@NullMarked
package io.proa.control.intent;

import org.jspecify.annotations.NullMarked;
