package io.proa.app.fleet;

import io.proa.app.Installation;

/// What all parts of one running fleet share.
///
/// @param installation whose programs are started
/// @param run the fleet's own folder
/// @param teardown says whether the fleet is ending
/// @param progress is told what happens
/// @param accessLog of programs that its documents ask for
record FleetSite(
        Installation installation,
        RunDirectory run,
        Teardown teardown,
        Progress progress,
        AccessLogging accessLog) {
    boolean closing() {
        return teardown.closing();
    }
}
