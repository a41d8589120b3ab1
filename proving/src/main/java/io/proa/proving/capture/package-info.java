/// Judges a capture of a bridge: frames become connections, connections are put in order, read as
/// TLS records and searched for words. [io.proa.proving.capture.CaptureReading] says what must not
/// be there. Reads the wire as a stranger would; what must not be here: anything of Proa.
@NullMarked
package io.proa.proving.capture;

import org.jspecify.annotations.NullMarked;
