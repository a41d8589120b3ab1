/// HTTP/2 (RFC 9113) between a socket and the path of a request.
///
/// Each stream is a [io.proa.proxy.http2.Lane]: a link that speaks the text of HTTP/1.1 to its
/// owner, so that everything that is done for a request is written once. Frames, windows, tables of
/// fields and the life of streams are this package's own business.
@NullMarked
package io.proa.proxy.http2;

import org.jspecify.annotations.NullMarked;
