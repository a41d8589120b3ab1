package io.proa.traffic;

/// One step of the path: may look, change, refuse or call `next` (once, never, or, for retries,
/// several times in turn).
///
/// @param <Q> the stage a request has before this step
/// @param <R> what this step answers
/// @param <Q2> the stage it has after this step
/// @param <R2> what the next step answers
@FunctionalInterface
public interface Filter<Q, R, Q2, R2> {
    void apply(Q request, Reply<? super R> reply, Service<Q2, R2> next);
}
