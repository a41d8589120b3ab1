package io.proa.traffic;

/// Receives the one outcome of a [Service] call, on the loop that made the call.
public interface Reply<R> {
    void answered(R response);

    void failed(Failure failure);
}
