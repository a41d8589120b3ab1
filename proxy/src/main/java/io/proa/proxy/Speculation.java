package io.proa.proxy;

/// A tunnel that is opened before it is known whether there will be one. Either is said once.
interface Speculation {
    /// What the two say is for themselves: they are joined as soon as the endpoint is reached.
    void commit();

    /// The client speaks HTTP: it will be served in another way.
    void withdraw();
}
