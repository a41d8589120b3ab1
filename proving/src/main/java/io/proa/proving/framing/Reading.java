package io.proa.proving.framing;

import java.util.List;

/// What [StrictReader] makes of all that one connection has carried so far.
///
/// @param messages those that are whole, in their order
/// @param end how it goes on behind them
/// @param why what is wrong, or missing; empty where nothing is
/// @param next where the first message begins that is not whole
record Reading(List<Message> messages, End end, String why, int next) {
    enum End {
        WHOLE,
        /// A valid beginning, and nothing more has come.
        UNFINISHED,
        /// What two readers could read differently.
        AMBIGUOUS
    }

    /// @param status 0 in requests
    record Message(String method, String target, int status, String body) {
        boolean isInterim() {
            return status >= 100 && status < 200;
        }
    }
}
