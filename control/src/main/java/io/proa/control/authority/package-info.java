/// The certificate authority of a mesh: a request and a permission come in, a short-lived
/// certificate goes out.
///
/// Start with [io.proa.control.authority.CertificateAuthority]. Who may have which identity is
/// decided outside; here it is only held to.
@NullMarked
package io.proa.control.authority;

import org.jspecify.annotations.NullMarked;
