/// The proof that the mesh behaves the same whatever language stands behind it: the same seeded
/// faults by callers and callees in four languages, in a real fleet, and what each of them saw.
///
/// [io.proa.proving.identical.IdenticalBehaviour] runs it (`make identical`), the cases are in
/// [io.proa.proving.identical.Experiments], the programs in `src/fleet/identical`, the result in
/// `docs/identical-behaviour.md`.
@NullMarked
package io.proa.proving.identical;

import org.jspecify.annotations.NullMarked;
