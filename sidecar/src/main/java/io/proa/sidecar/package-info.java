@NullMarked
package io.proa.sidecar;

import org.jspecify.annotations.NullMarked;
