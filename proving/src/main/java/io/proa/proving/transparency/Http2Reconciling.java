package io.proa.proving.transparency;

import io.proa.proving.transparency.Difference.Pairing;
import io.proa.proving.transparency.Reconciling.Heads;
import java.util.ArrayList;
import java.util.List;

/// As [Reconciling], for what only HTTP/2 has.
final class Http2Reconciling {
    private static final String COOKIE = "cookie: ";
    private static final Event CANCELLED = new Event.End("reset with 8", "");

    private Http2Reconciling() {}

    static boolean cookies(Pairing pairing) {
        return Reconciling.heads(
                pairing,
                (direct, meshed) -> {
                    List<String> fields = new ArrayList<>();
                    List<String> pieces = new ArrayList<>();
                    for (String field : direct.fields()) {
                        if (field.startsWith(COOKIE)) {
                            pieces.add(field.substring(COOKIE.length()));
                        } else {
                            fields.add(field);
                        }
                    }
                    if (pieces.size() < 2) {
                        return null;
                    }
                    fields.add(COOKIE + String.join("; ", pieces));
                    return new Heads(new Event.Head(direct.line(), fields), meshed);
                });
    }

    /// The server hears its body on the one side, and a reset within it on the other.
    static boolean earlyAnswer(Pairing pairing) {
        List<Event> direct = pairing.direct();
        List<Event> meshed = pairing.meshed();
        int at = meshed.size() - 1;
        if (!pairing.server()
                || at < 0
                || direct.size() != meshed.size() + 1
                || !(direct.get(at) instanceof Event.Body)
                || !meshed.get(at).equals(new Event.End("reset with 8", "body"))) {
            return false;
        }
        direct.subList(at, direct.size()).clear();
        meshed.removeLast();
        return true;
    }

    static boolean cancelled(Pairing pairing) {
        if (!pairing.server()
                || pairing.direct().isEmpty()
                || pairing.meshed().isEmpty()
                || !(pairing.direct().getLast() instanceof Event.End(String how, String where))
                || !how.startsWith("reset with ")
                || !where.isEmpty()
                || !pairing.meshed().getLast().equals(CANCELLED)
                || pairing.direct().getLast().equals(CANCELLED)) {
            return false;
        }
        pairing.direct().removeLast();
        pairing.meshed().removeLast();
        return true;
    }
}
