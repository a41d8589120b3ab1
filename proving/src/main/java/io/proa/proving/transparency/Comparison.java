package io.proa.proving.transparency;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What was seen of a play without and with sidecars, compared.
final class Comparison {
    /// What both sides saw of a play, a list for each connection.
    record Seen(List<List<Event>> client, List<List<Event>> server) {}

    private final Play play;
    private final Set<Difference> met = EnumSet.noneOf(Difference.class);
    private final List<String> problems = new ArrayList<>();

    private Comparison(Play play) {
        this.play = play;
    }

    static Comparison of(Play play, Seen direct, Seen meshed) {
        Comparison comparison = new Comparison(play);
        comparison.compare("client", direct.client(), meshed.client());
        comparison.compare(
                "server", comparison.order(direct.server()), comparison.order(meshed.server()));
        for (Difference expected : play.expected()) {
            if (!comparison.met.contains(expected)) {
                comparison.problems.add(
                        "'" + expected + "' was expected and not met: is it still true?");
            }
        }
        return comparison;
    }

    /// In which order connections that are made at the same time arrive is chance.
    private List<List<Event>> order(List<List<Event>> lanes) {
        return play.parallel()
                ? lanes.stream().sorted(Comparator.comparing(Comparison::key)).toList()
                : lanes;
    }

    private static String key(List<Event> events) {
        return events.stream()
                .filter(event -> !(event instanceof Event.Head) || event.encode().contains("HTTP/"))
                .map(event -> event instanceof Event.Head head ? head.line() : event.encode())
                .filter(text -> !text.startsWith("note"))
                .toList()
                .toString();
    }

    private void compare(String who, List<List<Event>> direct, List<List<Event>> meshed) {
        for (int lane = 0; lane < Math.max(direct.size(), meshed.size()); lane++) {
            Difference.Pairing pairing =
                    new Difference.Pairing(
                            who.equals("server"), copy(direct, lane), copy(meshed, lane));
            for (Difference difference : Difference.values()) {
                if ((difference.everywhere || play.expected().contains(difference))
                        && difference.rule.reconcile(pairing)) {
                    met.add(difference);
                }
            }
            if (!pairing.direct().equals(pairing.meshed())) {
                problems.add(problem(who, lane, pairing));
            }
        }
    }

    private static List<Event> copy(List<List<Event>> lanes, int lane) {
        return new ArrayList<>(lane < lanes.size() ? lanes.get(lane) : List.of());
    }

    private static String problem(String who, int lane, Difference.Pairing pairing) {
        int same = 0;
        while (same < pairing.direct().size()
                && same < pairing.meshed().size()
                && pairing.direct().get(same).equals(pairing.meshed().get(same))) {
            same++;
        }
        String where = "the %s (connection %d), after %d events alike".formatted(who, lane, same);
        if (same < pairing.direct().size()
                && same < pairing.meshed().size()
                && pairing.direct().get(same) instanceof Event.Head one
                && pairing.meshed().get(same) instanceof Event.Head other) {
            return where + lines(one, other);
        }
        return where
                + "\n      without: "
                + rest(pairing.direct(), same)
                + "\n      with:    "
                + rest(pairing.meshed(), same);
    }

    /// The lines of two heads that are not in both, or are in another order.
    private static String lines(Event.Head one, Event.Head other) {
        List<String> ours = List.of(one.shown().split("\n", -1));
        List<String> theirs = List.of(other.shown().split("\n", -1));
        StringBuilder text = new StringBuilder(" but for a head");
        ours.stream()
                .filter(line -> !theirs.contains(line))
                .forEach(line -> text.append("\n      without: ").append(line.strip()));
        theirs.stream()
                .filter(line -> !ours.contains(line))
                .forEach(line -> text.append("\n      with:    ").append(line.strip()));
        return text.append("\n      its line: ").append(other.line()).toString();
    }

    private static String rest(List<Event> events, int from) {
        return from == events.size()
                ? "nothing"
                : String.join(
                        "\n               ",
                        events.subList(from, events.size()).stream()
                                .limit(4)
                                .map(Event::shown)
                                .toList());
    }

    /// What differed and may.
    Set<Difference> met() {
        return Set.copyOf(met);
    }

    /// What differed and may not, in words.
    List<String> problems() {
        return List.copyOf(problems);
    }
}
