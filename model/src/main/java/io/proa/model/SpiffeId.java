package io.proa.model;

import java.util.regex.Pattern;

/// A SPIFFE identity, `spiffe://<trust-domain>/<path>` (SPIFFE-ID specification, section 2).
///
/// Strict: lower-case scheme, no port, userinfo, query or fragment, no empty, `.` or `..` segment,
/// at most 2048 bytes.
///
/// @param trustDomain 1 to 255 characters of `a-z 0-9 . - _`
/// @param path begins with `/`, never ends with one
public record SpiffeId(String trustDomain, String path) {
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");
    private static final String SCHEME = "spiffe://";

    public SpiffeId {
        if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
            throw new IllegalArgumentException(
                    "trust domain '"
                            + trustDomain
                            + "': expected 1 to 255 characters of a-z 0-9 . - _");
        }
        if (!PATH.matcher(path).matches()
                || path.contains("/./")
                || path.contains("/../")
                || path.endsWith("/.")
                || path.endsWith("/..")) {
            throw new IllegalArgumentException(
                    "SPIFFE path '"
                            + path
                            + "': expected /segment[/segment...] of A-Za-z0-9 . - _");
        }
        if (SCHEME.length() + trustDomain.length() + path.length() > 2048) {
            throw new IllegalArgumentException("SPIFFE id is longer than 2048 bytes");
        }
    }

    /// The identity Proa gives to a service account: `spiffe://<td>/ns/<namespace>/sa/<account>`.
    public static SpiffeId ofServiceAccount(String trustDomain, String namespace, String account) {
        return new SpiffeId(trustDomain, "/ns/" + namespace + "/sa/" + account);
    }

    /// @throws IllegalArgumentException naming what was seen and what was expected
    public static SpiffeId parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new IllegalArgumentException(
                    "'" + uri + "': expected spiffe://<trust-domain>/<path>");
        }
        int slash = uri.indexOf('/', SCHEME.length());
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "'" + uri + "': expected a path after the trust domain");
        }
        return new SpiffeId(uri.substring(SCHEME.length(), slash), uri.substring(slash));
    }

    @Override
    public String toString() {
        return SCHEME + trustDomain + path;
    }
}
