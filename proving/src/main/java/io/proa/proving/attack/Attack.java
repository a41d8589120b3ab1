package io.proa.proving.attack;

import java.io.IOException;

/// One abuse, in frames or bytes, with what must become of it.
///
/// @param name as in advisories where there is one, in the form `rapid_reset`
/// @param after the advisory or the weakness that it is named after
/// @param bounds on what is sent
record Attack(String name, Side side, String after, Ending ending, Bounds bounds, Recipe recipe) {
    /// Who attacks, and in which protocol.
    enum Side {
        HTTP2("HTTP/2 clients"),
        HTTP1("HTTP/1.1 clients"),
        UPSTREAM("HTTP/2 upstreams");

        final String title;

        Side(String title) {
            this.title = title;
        }
    }

    /// What must become of an attack.
    sealed interface Ending {
        /// The sidecar ends it, and says why in its metrics and its log.
        ///
        /// @param within seconds; what takes longer than a short run is only looked for in a whole
        ///   one
        record Ended(int within) implements Ending {}

        /// It may go on for as long as it likes, since it costs nothing.
        ///
        /// @param why in words for the page
        record Harmless(String why) implements Ending {}
    }

    /// What is sent at most.
    ///
    /// @param seconds until all connections are closed, however far it has come
    record Bounds(int frames, long bytes, int seconds) {
        static final Bounds FLOOD = new Bounds(60_000, 32 << 20, 3);
        static final Bounds STALL = new Bounds(70_000, 16 << 20, 4);

        Bounds seconds(int other) {
            return new Bounds(frames, bytes, other);
        }
    }

    /// Sends it; ends where [Attacker#goesOn] says so, or by an exception when the connection is
    /// gone.
    @FunctionalInterface
    interface Recipe {
        void run(Attacker attacker) throws IOException, InterruptedException;
    }

    static Attack flood(String name, Side side, String after, Recipe recipe) {
        return new Attack(name, side, after, new Ending.Ended(3), Bounds.FLOOD, recipe);
    }

    /// A client that keeps the sidecar waiting, until that has had enough.
    static Attack stall(String name, Side side, String after, int within, Recipe recipe) {
        Bounds bounds = Bounds.STALL.seconds(within + 3);
        return new Attack(name, side, after, new Ending.Ended(within), bounds, recipe);
    }

    static Attack harmless(
            String name, Side side, String after, Bounds bounds, String why, Recipe recipe) {
        return new Attack(name, side, after, new Ending.Harmless(why), bounds, recipe);
    }

    /// Whether it takes longer than a short run may.
    boolean isPatient() {
        return ending instanceof Ending.Ended(int within) && within > 3;
    }
}
