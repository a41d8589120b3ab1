@NullMarked
package io.proa.telemetry;

import org.jspecify.annotations.NullMarked;
