package io.proa.proving.amplification;

import java.util.Locale;

/// One kind of request, sent many times.
///
/// @param header the one that the applications hand on; `nothing` = none
/// @param ending what the end of the chain does: `503`, `half` or `refused`
record Trial(String method, String header, String ending, int requests) {
    boolean propagates() {
        return !header.equals("nothing");
    }

    String title() {
        return String.format(Locale.ROOT, "%s, end %s, apps propagate %s", method, ending, header);
    }
}
