@NullMarked
package io.proa.wire;

import org.jspecify.annotations.NullMarked;
