package io.proa.proving.transparency;

import io.proa.proving.transparency.Difference.Pairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How each [Difference] is recognised. Each takes away exactly what is allowed and nothing beside
/// it: what looks a little different stays, and is reported.
final class Reconciling {
    private static final Set<String> ONE_HOP =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "http2-settings",
                    "upgrade");
    private static final Set<String> OWN_CONNECTION =
            Set.of(
                    "Connection: close",
                    "Connection: keep-alive",
                    "Connection: upgrade",
                    "Connection: TE",
                    "Connection: upgrade, TE");
    private static final String IDS =
            "x-request-id: [0-9a-f-]{36}|traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]"
                    + "|baggage: proa-trace=[0-9a-f]{32}";

    private Reconciling() {}

    /// What becomes of a head without and with sidecars.
    record Heads(Event.Head direct, Event.Head meshed) {}

    @FunctionalInterface
    interface HeadRule {
        @Nullable Heads reconcile(Event.Head direct, Event.Head meshed);
    }

    /// The n-th head of one with the n-th of the other.
    static boolean heads(Pairing pairing, HeadRule rule) {
        boolean changed = false;
        List<Integer> direct = headsOf(pairing.direct());
        List<Integer> meshed = headsOf(pairing.meshed());
        for (int i = 0; i < Math.min(direct.size(), meshed.size()); i++) {
            Event.Head one = (Event.Head) pairing.direct().get(direct.get(i));
            Event.Head other = (Event.Head) pairing.meshed().get(meshed.get(i));
            Heads after = rule.reconcile(one, other);
            if (after != null && !(after.direct.equals(one) && after.meshed.equals(other))) {
                pairing.direct().set(direct.get(i), after.direct);
                pairing.meshed().set(meshed.get(i), after.meshed);
                changed = true;
            }
        }
        return changed;
    }

    private static List<Integer> headsOf(List<Event> events) {
        List<Integer> at = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof Event.Head) {
                at.add(i);
            }
        }
        return at;
    }

    private static String name(String field) {
        int colon = field.indexOf(':');
        return (colon < 0 ? field : field.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    static boolean has(Event.Head head, String name) {
        return head.fields().stream().anyMatch(field -> name(field).equals(name));
    }

    private static Event.Head without(Event.Head head, Predicate<String> field) {
        return new Event.Head(head.line(), head.fields().stream().filter(field.negate()).toList());
    }

    static boolean source(Pairing pairing) {
        Event direct = new Event.Note("from another pod");
        Event meshed = new Event.Note("from itself");
        boolean changed = pairing.direct().removeIf(direct::equals);
        return pairing.meshed().removeIf(meshed::equals) || changed;
    }

    static boolean refusedLater(Pairing pairing) {
        if (!pairing.direct().equals(List.of(new Event.Note("refused")))) {
            return false;
        }
        Event first = pairing.meshed().isEmpty() ? null : pairing.meshed().getFirst();
        boolean reset = first instanceof Event.End(String how, _) && how.equals("rst");
        if (reset && pairing.meshed().size() == 1 || sidecars(first, "503")) {
            pairing.direct().clear();
            pairing.meshed().clear();
            return true;
        }
        return false;
    }

    /// Whether it is an answer that the sidecar made.
    private static boolean sidecars(@Nullable Event event, String statuses) {
        return event instanceof Event.Head head
                && head.line().matches("HTTP/1\\.1 (" + statuses + ") .*")
                && has(head, "x-proa-reason");
    }

    static boolean answeredFor(Pairing pairing) {
        if (pairing.server() || pairing.direct().isEmpty() || pairing.meshed().isEmpty()) {
            return false;
        }
        boolean ended =
                pairing.direct().getLast() instanceof Event.End(String how, _)
                        && (how.equals("fin") || how.equals("rst"));
        int before = pairing.direct().size() - 1;
        if (!ended
                || pairing.meshed().size() <= before
                || !sidecars(pairing.meshed().get(before), "502|503")) {
            return false;
        }
        cut(pairing.direct(), before);
        cut(pairing.meshed(), before);
        return true;
    }

    private static void cut(List<Event> events, int size) {
        events.subList(size, events.size()).clear();
    }

    /// The client sees the second answer, the server both requests.
    static boolean triedAgain(Pairing pairing) {
        List<Event> direct = pairing.direct();
        List<Event> meshed = pairing.meshed();
        if (meshed.size() <= direct.size() - 1) {
            return false;
        }
        if (!pairing.server()) {
            int before = direct.size() - 1;
            if (before < 0
                    || !(direct.get(before) instanceof Event.End)
                    || !(meshed.get(before) instanceof Event.Head head)
                    || !head.line().startsWith("HTTP/1.1 2")) {
                return false;
            }
            cut(direct, before);
            cut(meshed, before);
            return true;
        }
        List<Event> again = meshed.subList(direct.size(), meshed.size());
        int before = direct.size() - again.size();
        if (again.isEmpty() || before < 0 || !meshed.subList(before, direct.size()).equals(again)) {
            return false;
        }
        again.clear();
        return true;
    }

    /// Without, the client has no second answer and the server no second request.
    static boolean reconnected(Pairing pairing) {
        List<Integer> direct = headsOf(pairing.direct());
        List<Integer> meshed = headsOf(pairing.meshed());
        if (direct.size() != 1 || meshed.size() != 2) {
            return false;
        }
        if (!pairing.server()) {
            if (!(pairing.direct().getLast() instanceof Event.End)) {
                return false;
            }
            pairing.direct().removeLast();
        }
        cut(pairing.meshed(), meshed.getLast());
        return true;
    }

    static boolean brokenOff(Pairing pairing) {
        if (pairing.direct().isEmpty() || pairing.meshed().isEmpty()) {
            return false;
        }
        if (pairing.direct().getLast() instanceof Event.End(String how, String where)
                && how.equals("fin")
                && !where.isEmpty()
                && pairing.meshed().getLast() instanceof Event.End(String other, String at)
                && other.equals("rst")
                && at.equals(where)) {
            pairing.direct().removeLast();
            pairing.meshed().removeLast();
            return true;
        }
        return false;
    }

    static boolean ownConnections(Pairing pairing) {
        List<Integer> heads = headsOf(pairing.direct());
        List<Integer> others = headsOf(pairing.meshed());
        if (pairing.server() || heads.isEmpty() || others.isEmpty()) {
            return false;
        }
        Event.Head said = (Event.Head) pairing.direct().get(heads.getLast());
        Event.Head heard = (Event.Head) pairing.meshed().get(others.getLast());
        boolean announced =
                said.line().startsWith("HTTP/1.0")
                        ? !"keep-alive".equals(Performer.value(said, "Connection"))
                        : "close".equals(Performer.value(said, "Connection"));
        if (!announced
                || "close".equals(Performer.value(heard, "Connection"))
                || !pairing.direct().getLast().equals(new Event.End("fin", ""))
                || !pairing.meshed().getLast().equals(new Event.End("open", ""))) {
            return false;
        }
        pairing.direct().removeLast();
        pairing.meshed().removeLast();
        return true;
    }

    static boolean refusedHead(Pairing pairing) {
        boolean answered =
                !pairing.server()
                        && !pairing.meshed().isEmpty()
                        && sidecars(pairing.meshed().getFirst(), "400|431");
        if (!answered && !(pairing.server() && pairing.meshed().isEmpty())) {
            return false;
        }
        pairing.direct().clear();
        pairing.meshed().clear();
        return true;
    }

    static boolean emptyLine(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        direct.line().isEmpty() && !direct.fields().isEmpty()
                                ? new Heads(
                                        new Event.Head(
                                                direct.fields().getFirst(),
                                                direct.fields().subList(1, direct.fields().size())),
                                        meshed)
                                : null);
    }

    static boolean version(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        meshed.line().contains("HTTP/1.1")
                                ? new Heads(
                                        new Event.Head(
                                                direct.line().replace("HTTP/1.0", "HTTP/1.1"),
                                                direct.fields()),
                                        meshed)
                                : null);
    }

    static boolean interim(Pairing pairing) {
        return !pairing.server()
                && pairing.direct()
                        .removeIf(event ->
                                event instanceof Event.Head head
                                        && head.line().startsWith("HTTP/1.1 1"));
    }

    static boolean unchunked(Pairing pairing) {
        if (pairing.server()) {
            return false;
        }
        boolean changed = false;
        for (int i = 0; i < pairing.direct().size(); i++) {
            if (pairing.direct().get(i)
                            instanceof Event.Body(String framing, long size, String d, _)
                    && framing.equals("chunked")
                    && pairing.meshed().contains(new Event.Body("close", size, d, ""))) {
                pairing.direct().set(i, new Event.Body("close", size, d, ""));
                changed = true;
            }
        }
        if (changed) {
            pairing.direct().removeIf(event -> event instanceof Event.Trailers);
            heads(
                    pairing,
                    (direct, meshed) ->
                            new Heads(
                                    without(
                                            direct,
                                            f -> name(f).matches("transfer-encoding|trailer")),
                                    meshed));
            if (pairing.direct().getLast() instanceof Event.End) {
                pairing.direct().removeLast();
            }
        }
        return changed;
    }

    static boolean host(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        has(direct, "host")
                                ? null
                                : new Heads(direct, without(meshed, "Host: server"::equals)));
    }

    static boolean pathOnly(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) -> {
                    String path =
                            direct.line().replaceFirst("(?i) http://server(?::80)?([/? ])", " $1");
                    String whole = path.replace("  ", " / ").replace(" ?", " /?");
                    return new Heads(
                            new Event.Head(
                                    whole.startsWith("OPTIONS / ")
                                            ? whole.replace("OPTIONS / ", "OPTIONS * ")
                                            : whole,
                                    direct.fields()),
                            meshed);
                });
    }

    static boolean expect(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        new Heads(without(direct, f -> name(f).equals("expect")), meshed));
    }

    static boolean noLength(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        direct.line().startsWith("HTTP/1.1 204")
                                ? new Heads(
                                        without(
                                                direct,
                                                f -> f.equalsIgnoreCase("Content-Length: 0")),
                                        meshed)
                                : null);
    }

    static boolean invalidIds(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        new Heads(
                                without(
                                        direct,
                                        f ->
                                                name(f).matches("x-request-id|traceparent")
                                                        && !meshed.fields().contains(f)),
                                meshed));
    }

    static boolean ownFields(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) ->
                        new Heads(
                                without(
                                        direct,
                                        f ->
                                                name(f).matches(
                                                                "x-proa-(attempt|deadline-ms|reason)")),
                                meshed));
    }

    static boolean baggage(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) -> {
                    List<String> members = new ArrayList<>();
                    List<String> fields = new ArrayList<>();
                    int at = -1;
                    for (String field : direct.fields()) {
                        if (!name(field).equals("baggage")) {
                            fields.add(field);
                            continue;
                        }
                        if (at < 0) {
                            at = fields.size();
                            fields.add(field);
                        }
                        members.add(field.substring(field.indexOf(':') + 1).strip());
                    }
                    if (at < 0) {
                        return null;
                    }
                    String made = "baggage: " + String.join(",", members);
                    fields.set(at, made);
                    List<String> others = new ArrayList<>(meshed.fields());
                    others.replaceAll(field -> field.replaceFirst(",proa-trace=[0-9a-f]{32}$", ""));
                    return new Heads(
                            new Event.Head(direct.line(), fields),
                            new Event.Head(meshed.line(), others));
                });
    }

    static boolean idsAdded(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) -> {
                    if (direct.line().startsWith("HTTP/")) {
                        return null;
                    }
                    List<String> fields = new ArrayList<>(meshed.fields());
                    for (int i = fields.size() - 1; i >= 0 && ownLast(fields.get(i)); i--) {
                        if (fields.get(i).matches(IDS) && !has(direct, name(fields.get(i)))) {
                            fields.remove(i);
                        }
                    }
                    return new Heads(direct, new Event.Head(meshed.line(), fields));
                });
    }

    /// What sidecars write behind all other fields.
    private static boolean ownLast(String field) {
        return field.matches(IDS)
                || OWN_CONNECTION.contains(field)
                || field.equalsIgnoreCase("TE: trailers")
                || field.startsWith("cookie: ");
    }

    static boolean hops(Pairing pairing) {
        return heads(
                pairing,
                (direct, meshed) -> {
                    Set<String> hops = new TreeSet<>(ONE_HOP);
                    for (String field : direct.fields()) {
                        if (name(field).equals("connection")) {
                            String options = field.substring(field.indexOf(':') + 1);
                            for (String option : options.split(",", -1)) {
                                hops.add(option.strip().toLowerCase(Locale.ROOT));
                            }
                        }
                    }
                    boolean upgrade = webSocket(direct);
                    if (upgrade) {
                        hops.remove("upgrade");
                    }
                    boolean trailers = "trailers".equals(Performer.value(direct, "TE"));
                    List<String> fields =
                            new ArrayList<>(without(direct, f -> hops.contains(name(f))).fields());
                    if (trailers) {
                        fields.add(
                                direct.line().endsWith(" HTTP/2")
                                        ? "te: trailers"
                                        : "TE: trailers");
                    }
                    if (upgrade) {
                        fields.add("Connection: upgrade");
                    }
                    return new Heads(
                            new Event.Head(direct.line(), fields),
                            without(
                                    meshed,
                                    f ->
                                            OWN_CONNECTION.contains(f)
                                                    && !(upgrade
                                                            && f.equals("Connection: upgrade"))));
                });
    }

    /// A request for it, or the response that agrees.
    private static boolean webSocket(Event.Head head) {
        return "websocket".equals(Performer.value(head, "Upgrade"))
                && (head.line().startsWith("GET ") || head.line().contains(" 101 "));
    }
}
