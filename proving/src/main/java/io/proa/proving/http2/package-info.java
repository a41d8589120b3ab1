/// One end of a connection of HTTP/2 for proofs: a plain client or server that keeps to the rules,
/// blocking, on virtual threads. It shares nothing with what is proved; field blocks are read by
/// the second reader of HPACK that the tests of `formats` have.
///
/// Open [Http2End] first. What attacks or frames badly is not here.
@NullMarked
package io.proa.proving.http2;

import org.jspecify.annotations.NullMarked;
