/// The verbs that keep a fleet running and look at it: `up`, `run`, `ps`, `logs`, `down`.
///
/// One process for each running fleet, the launcher, owns everything of it
/// ([io.proa.app.fleet.FleetRunner]) and answers on `launcher.sock` in the fleet's run directory:
/// start with [io.proa.app.launcher.Launcher]. All other commands are its clients and own nothing;
/// when the launcher ends in whatever way, everything of the fleet ends with it. Plain blocking
/// code on virtual threads.
@NullMarked
package io.proa.app.launcher;

import org.jspecify.annotations.NullMarked;
