/// Benchmarks of what a sidecar does for each request. `make jmh` runs them by the main class
/// [io.proa.proving.bench.Benchmarks].
@NullMarked
package io.proa.proving.bench;

import org.jspecify.annotations.NullMarked;
