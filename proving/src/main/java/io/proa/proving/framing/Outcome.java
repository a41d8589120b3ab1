package io.proa.proving.framing;

/// What became of a case.
///
/// @param said why it is unsafe, or what was passed on
record Outcome(Verdict verdict, String said) {
    enum Verdict {
        /// Nothing of it came through.
        REJECTED,
        /// What came through can be read in one way only.
        CLEAN,
        UNSAFE,
        /// It says what it should, and did not come through, or came through as something else.
        LOST
    }

    static Outcome unsafe(String why) {
        return new Outcome(Verdict.UNSAFE, why);
    }

    static Outcome rejected() {
        return new Outcome(Verdict.REJECTED, "");
    }

    /// A case that must be passed, and was not, is lost.
    Outcome forGood(boolean good) {
        return good && verdict == Verdict.REJECTED
                ? new Outcome(Verdict.LOST, "refused, and is valid")
                : this;
    }
}
