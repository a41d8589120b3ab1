/// That the judge of a capture sees what it has to see.
@NullMarked
package io.proa.proving.capture;

import org.jspecify.annotations.NullMarked;
