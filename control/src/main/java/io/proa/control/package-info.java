@NullMarked
package io.proa.control;

import org.jspecify.annotations.NullMarked;
