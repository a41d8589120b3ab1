/// One thread, one selector, its buffers, timers and connections: where the data plane touches the
/// machine.
///
/// Start with [io.proa.proxy.loop.Loop], then [io.proa.proxy.loop.Link]: a connection's bytes in
/// plaintext, whether or not TLS lies beneath. Nothing here knows HTTP, services or policy.
/// Everything is confined to its loop unless it says otherwise.
@NullMarked
package io.proa.proxy.loop;

import org.jspecify.annotations.NullMarked;
