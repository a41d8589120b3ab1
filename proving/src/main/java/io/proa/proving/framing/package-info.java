/// Whether what a proxy forwards can be read in one way only. Raw bytes go in at one end, a
/// capturing application stands at the other, and a reader written for this purpose alone judges
/// what came through. Corpora are data, in `proving/src/framing`; [FramingProof] plays one of them
/// through whatever stands between two ports, so that it judges peers as well. Nothing here may use
/// the readers of `formats`, which are what is judged.
@NullMarked
package io.proa.proving.framing;

import org.jspecify.annotations.NullMarked;
