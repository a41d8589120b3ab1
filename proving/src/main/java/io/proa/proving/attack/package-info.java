/// The proof that the sidecar is hard to break: known abuses of HTTP/2 and HTTP/1.1, and hostile
/// upstreams, each against two real sidecars with a well-behaved client beside it.
///
/// [io.proa.proving.attack.AttackProof] runs it (`make attacks`), the recipes are listed in
/// [io.proa.proving.attack.Recipes], what is measured is in [io.proa.proving.attack.Trial], the
/// result in `docs/attacks.md`.
@NullMarked
package io.proa.proving.attack;

import org.jspecify.annotations.NullMarked;
