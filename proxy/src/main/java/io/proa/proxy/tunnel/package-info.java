/// Connections whose bytes the sidecar does not read: told apart from HTTP by their first bytes,
/// then relayed.
@NullMarked
package io.proa.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
