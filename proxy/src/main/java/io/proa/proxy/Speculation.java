package io.proa.proxy;

/// A tunnel that is opened before it is known whether there will be one, while its client is
/// silent. Nothing of the client's has been sent on it, and one of the three is said once.
interface Speculation {
    /// What becomes of it; either may be told before the speculation is even returned.
    interface Heard {
        /// The server spoke, or ended.
        ///
        /// @param said whether it said anything
        void serverSpoke(boolean said);

        /// There is no connection. The client has not noticed.
        void failed();
    }

    /// What the two say is for themselves: they are joined as soon as the endpoint is reached.
    void commit();

    /// The client speaks HTTP, or has left: it leaves no record.
    void withdraw();

    /// It has failed, and nothing else is going to happen: the client is reset, for the reason that
    /// goes into the record.
    void giveUp();
}
