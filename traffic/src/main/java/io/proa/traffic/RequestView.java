package io.proa.traffic;

import org.jspecify.annotations.Nullable;

/// What routing may look at; asked only for what a rule needs.
public interface RequestView {
    String method();

    /// The request target in origin form, query included.
    String path();

    /// The value of the header `name`, compared without case; null where it is absent.
    @Nullable String header(String name);
}
