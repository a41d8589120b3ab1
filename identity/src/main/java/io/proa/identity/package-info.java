/// Who we are and whom we trust: keys, certificates, rotation, verification, and the TLS that
/// carries them.
///
/// Start with [io.proa.identity.TlsEngine] (one connection's TLS, without a socket) and
/// [io.proa.identity.WorkloadIdentity]. BoringSSL (netty-tcnative) is visible nowhere outside this
/// room.
@NullMarked
package io.proa.identity;

import org.jspecify.annotations.NullMarked;
