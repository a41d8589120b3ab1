/// Proves on a fleet of real pods that retries do not multiply over three hops.
///
/// Start with [io.proa.proving.amplification.AmplificationProof]; `.ci/amplification` runs it.
@NullMarked
package io.proa.proving.amplification;

import org.jspecify.annotations.NullMarked;
