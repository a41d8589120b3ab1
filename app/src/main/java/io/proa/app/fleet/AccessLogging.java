package io.proa.app.fleet;

import java.util.Locale;

/// Which exchanges a sidecar writes a line about, as its own flag `--access-log` has them.
public enum AccessLogging {
    OFF,
    /// Those that failed.
    ERRORS,
    ALL;

    /// What holds where nobody says anything.
    public static final AccessLogging USUAL = ERRORS;

    /// What commands say of it.
    public static final String OPTION =
            "exchanges that sidecars write a line about, which proa logs --sidecar shows: off,"
                    + " errors or all (default: errors)";

    /// As it is typed.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
