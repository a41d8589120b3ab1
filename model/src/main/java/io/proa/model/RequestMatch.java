package io.proa.model;

/// One condition of a route rule; all conditions of a rule must hold (Gateway API HTTPRouteMatch).
public sealed interface RequestMatch {
    /// The path without its query equals `path`.
    record PathExact(String path) implements RequestMatch {}

    /// The path without its query is `prefix` or continues it at a `/`.
    record PathPrefix(String prefix) implements RequestMatch {}

    /// The method equals `method`, case-sensitively (RFC 9110 section 9.1).
    record Method(String method) implements RequestMatch {}

    /// The header `name` (compared without case) is present exactly with `value`.
    record HeaderExact(String name, String value) implements RequestMatch {}
}
