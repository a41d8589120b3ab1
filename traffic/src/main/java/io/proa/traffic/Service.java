package io.proa.traffic;

/// A request becomes, eventually, exactly one value or one [Failure].
///
/// Called and answered on the loop that owns the request; never blocks.
///
/// @param <Q> what is asked; its type names the stage the request has reached
/// @param <R> what is answered
@FunctionalInterface
public interface Service<Q, R> {
    void apply(Q request, Reply<? super R> reply);
}
