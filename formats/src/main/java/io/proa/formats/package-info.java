/// Bytes to meaning and back, without a socket. In: a buffer with what a peer sent. Out: where its
/// parts lie, how its body ends, or the one [io.proa.formats.Flaw] for which it is refused.
///
/// Open [io.proa.formats.MessageHead] first, then [io.proa.formats.ChunkedBody] and
/// [io.proa.formats.HeadWriter]. HTTP/2 begins at [io.proa.formats.FrameHead]; its field blocks go
/// by [io.proa.formats.HpackDecoder] into a [io.proa.formats.FieldSection], which becomes a
/// `MessageHead` too, and by [io.proa.formats.FieldBlocks] back.
///
/// Must not be here: channels, time, configuration, or leniency. Everything is read in place and
/// refused rather than repaired; see `docs/decisions` for what is stricter than the RFCs ask.
@NullMarked
package io.proa.formats;

import org.jspecify.annotations.NullMarked;
