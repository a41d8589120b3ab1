package io.proa.app.fleet;

/// Whether programs notice their sidecars. Said where a fleet is started, and the same for all of
/// it; documents fit both.
public enum Mode {
    /// Each pod has a network of its own, whose connections are turned to its sidecar.
    TRANSPARENT,
    /// No namespaces: all is on the machine's loopback, and programs use their sidecars as HTTP
    /// proxies, if they do.
    EXPLICIT;

    /// What everybody should know who uses it; empty where nothing is to be said.
    public String caution() {
        return caution("");
    }

    /// The same of some of several fleets.
    ///
    /// @param whose put behind the mode's name
    public String caution(String whose) {
        return switch (this) {
            case TRANSPARENT -> "";
            case EXPLICIT ->
                    "explicit mode"
                            + whose
                            + ": a program that does not use HTTP_PROXY bypasses its sidecar, and whoever is"
                            + " on this machine can call a program around it";
        };
    }
}
