package io.proa.app.fleet;

/// Who is told how far a start has come, and later what happened to the running fleet.
public interface Progress {
    /// One step of the start is done; of interest until the next one.
    ///
    /// @param done what is running now
    void step(String done);

    /// Something that its user should know.
    ///
    /// @param sentence without a full stop
    void news(String sentence);

    /// All is being ended: no program runs any more, and what they have written is there for the
    /// last time. Called by whichever thread ends it.
    default void programsEnded() {}
}
