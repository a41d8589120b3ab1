/// Whether the proof of identical behaviour would notice a difference.
@NullMarked
package io.proa.proving.identical;

import org.jspecify.annotations.NullMarked;
