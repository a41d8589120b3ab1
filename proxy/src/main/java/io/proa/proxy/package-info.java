@NullMarked
package io.proa.proxy;

import org.jspecify.annotations.NullMarked;
