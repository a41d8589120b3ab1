@NullMarked
package io.proa.app;

import org.jspecify.annotations.NullMarked;
