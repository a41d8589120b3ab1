/// Fuzzing of what reads bytes from outside. [io.proa.proving.fuzz.FuzzTarget] lists what is fuzzed
/// and what must hold; [io.proa.proving.fuzz.Fuzzer] runs it for some seconds (`make fuzz`). The
/// same targets run under Jazzer, which sees coverage, in the Maven profile `jazzer`.
@NullMarked
package io.proa.proving.fuzz;

import org.jspecify.annotations.NullMarked;
