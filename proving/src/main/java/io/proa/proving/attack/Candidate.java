package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Who is attacked: Proa, or a peer in its place.
interface Candidate {
    String name();

    /// Whether it can be asked what it refused and why.
    default boolean tellsReasons() {
        return false;
    }

    /// Whether a neighbour of HTTP/2 is served where it is set up for that side.
    default boolean speaksHttp2(Side side) {
        return true;
    }

    /// @param side how it is set up, where that makes a difference
    Running start(Side side, Origins origins) throws IOException, InterruptedException;

    /// One that runs.
    interface Running extends AutoCloseable {
        Doors doors();

        List<Vitals> processes();

        /// Heap after its last collection in MiB, the larger of the processes'; -1 = not known.
        default double heapMib() {
            return -1;
        }

        /// How often each reason has been counted so far.
        default Map<String, Long> counted() throws IOException {
            return Map.of();
        }

        /// How often each reason has been logged so far.
        default Map<String, Long> logged() throws IOException {
            return Map.of();
        }

        @Override
        void close();
    }
}
