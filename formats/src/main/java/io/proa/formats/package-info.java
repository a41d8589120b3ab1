@NullMarked
package io.proa.formats;

import org.jspecify.annotations.NullMarked;
