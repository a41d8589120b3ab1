/// HTTP/1.1 on both sides of one exchange: a client's connection, the connection upstream, and the
/// bytes between them.
///
/// Start with [io.proa.proxy.http.ClientConnection] (a request arrives, a response leaves) and
/// [io.proa.proxy.http.UpstreamConnection] (a request leaves, a response arrives). What happens
/// between the two is not decided here but by the stack of services that the client's connection is
/// given. Bodies are never copied into objects: they go from the one connection's slab to the other
/// connection.
@NullMarked
package io.proa.proxy.http;

import org.jspecify.annotations.NullMarked;
