/// What programs beside a real sidecar can and cannot do.
@NullMarked
package io.proa.proving.pods;

import org.jspecify.annotations.NullMarked;
