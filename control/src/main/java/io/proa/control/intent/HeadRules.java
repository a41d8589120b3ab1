package io.proa.control.intent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a service's sidecars take for a request's head, in both directions. What is null is left to
/// the sidecar.
///
/// @param maxSize bytes, 1024 to 61,440
/// @param maxFields header lines, 8 to 1000
/// @param encodedSlashes `keep`, `decode` or `refuse`
/// @param dotSegments `resolve` or `refuse`
public record HeadRules(
        @Nullable Integer maxSize,
        @Nullable Integer maxFields,
        @Nullable String encodedSlashes,
        @Nullable String dotSegments) {
    public static final HeadRules DEFAULT = new HeadRules(null, null, null, null);

    static final int LEAST_SIZE = 1024;
    static final int LARGEST_SIZE = 60 * 1024;
    static final int FEWEST_FIELDS = 8;
    static final int MOST_FIELDS = 1000;
    static final List<String> ENCODED_SLASHES = List.of("decode", "keep", "refuse");
    static final List<String> DOT_SEGMENTS = List.of("refuse", "resolve");
}
