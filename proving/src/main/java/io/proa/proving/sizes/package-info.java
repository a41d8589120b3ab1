/// How large things may become beside two sidecars with mutual TLS between them: thousands of idle
/// connections, a thousand streams on one of them, and a body without an end. What it costs is what
/// the kernel says of the two processes; the sidecars' heap is chosen by this.
///
/// Open [SizesProof] first.
@NullMarked
package io.proa.proving.sizes;

import org.jspecify.annotations.NullMarked;
