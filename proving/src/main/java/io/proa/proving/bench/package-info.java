/// Benchmarks of what a sidecar does for each request. `make bench-jmh`, or any JMH arguments after the main class
/// [io.proa.proving.bench.Benchmarks].
@NullMarked
package io.proa.proving.bench;

import org.jspecify.annotations.NullMarked;
