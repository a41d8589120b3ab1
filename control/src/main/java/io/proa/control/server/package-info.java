/// Serves the control wire: sidecars come in; each gets its identity and its snapshot, and is told
/// of every change.
///
/// Open first [io.proa.control.server.ControlServer]. Plain blocking code on virtual threads. What
/// must not be here: what intent means (`io.proa.control.fleet`), and how a certificate is made
/// (`io.proa.control.authority`).
@NullMarked
package io.proa.control.server;

import org.jspecify.annotations.NullMarked;
