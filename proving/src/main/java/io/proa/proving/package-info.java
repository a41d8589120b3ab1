@NullMarked
package io.proa.proving;

import org.jspecify.annotations.NullMarked;
