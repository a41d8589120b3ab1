/// HTTP/1.1 on both sides of one exchange: a client's connection, the connection upstream, and the
/// bytes between them.
///
/// Start with [io.proa.proxy.http.ClientConnection] (a request arrives, a response leaves) and
/// [io.proa.proxy.http.UpstreamConnection] (a request leaves, a response arrives). Each is the half
/// that lasts; beside it stands the half that changes with every use,
/// [io.proa.proxy.http.ClientExchange] and [io.proa.proxy.http.UpstreamExchange], which knows what
/// has come in and gone out of the one message under way. What happens between the two sides is not
/// decided here but by the stack of services that the client's connection is given. Bodies are
/// never copied into objects: they go from the one connection's slab to the other connection.
@NullMarked
package io.proa.proxy.http;

import org.jspecify.annotations.NullMarked;
