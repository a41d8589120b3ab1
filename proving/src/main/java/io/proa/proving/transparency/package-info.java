/// The proof that a sidecar is not noticed: the same raw client and the same raw server, once
/// joined directly and once with a sidecar each, write down what they see; both must have seen the
/// same, but for a closed list.
///
/// [io.proa.proving.transparency.TransparencyProof] runs it (`.ci/transparency`), what is played is
/// in [io.proa.proving.transparency.Repertoire], the closed list is
/// [io.proa.proving.transparency.Difference], and `docs/transparency.md` tells it.
@NullMarked
package io.proa.proving.transparency;

import org.jspecify.annotations.NullMarked;
