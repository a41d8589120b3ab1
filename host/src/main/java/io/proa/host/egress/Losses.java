package io.proa.host.egress;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Counts what was not passed on, and tells of the first of each kind. Read by any thread.
final class Losses {
    private final Map<Undelivered, AtomicLong> counts = new EnumMap<>(Undelivered.class);
    private final Consumer<String> told;

    Losses(Consumer<String> told) {
        this.told = told;
        for (Undelivered kind : Undelivered.values()) {
            counts.put(kind, new AtomicLong());
        }
    }

    void count(Undelivered kind, IpEnds ends) {
        if (first(kind)) {
            tell(
                    kind,
                    ends.source().getHostAddress() + " to " + ends.destination().getHostAddress());
        }
    }

    /// @param example of what was seen
    void count(Undelivered kind, String example) {
        if (first(kind)) {
            tell(kind, example);
        }
    }

    private boolean first(Undelivered kind) {
        return counter(kind).getAndIncrement() == 0;
    }

    private void tell(Undelivered kind, String example) {
        told.accept(
                "from pods to the outside: "
                        + kind.what()
                        + " are dropped and counted (the first: "
                        + example
                        + ")");
    }

    long of(Undelivered kind) {
        return counter(kind).get();
    }

    private AtomicLong counter(Undelivered kind) {
        return Objects.requireNonNull(counts.get(kind)); // all are there from the beginning
    }
}
