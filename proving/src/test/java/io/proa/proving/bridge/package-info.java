/// That the judge of a capture sees what it has to see.
@NullMarked
package io.proa.proving.bridge;

import org.jspecify.annotations.NullMarked;
