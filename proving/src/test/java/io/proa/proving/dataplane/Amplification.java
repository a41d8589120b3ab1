package io.proa.proving.dataplane;

import java.util.List;

/// What happened.
///
/// @param requests sent by the client
/// @param succeeded of these, as the client saw it
/// @param seconds from before the first request until after the last response
/// @param attempts made by the sidecars of front, a and b
/// @param arrived at the applications of a, b and end
/// @param mostPerRequest the same for that one of the client's requests that caused the most
/// @param linked exchanges, by sidecar, that were known to be on behalf of a retry
/// @param retriesOfRetries attempts beyond the first in these
record Amplification(
        int requests,
        int succeeded,
        double seconds,
        List<Integer> attempts,
        List<Integer> arrived,
        List<Integer> mostPerRequest,
        List<Integer> linked,
        int retriesOfRetries) {}
