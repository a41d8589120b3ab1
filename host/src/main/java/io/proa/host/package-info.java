@NullMarked
package io.proa.host;

import org.jspecify.annotations.NullMarked;
