package io.proa.app.demo;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Which language plays which service: the one the fleet's document names, or a stand-in where this
/// machine lacks it.
///
/// @param languages by service, in the document's order
/// @param notes one sentence for each stand-in
record Cast(Map<String, String> languages, List<String> notes) {
    private static final List<String> STAND_INS = List.of("perl", "ruby", "rust", "c");

    Cast {
        languages = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(languages));
        notes = List.copyOf(notes);
    }

    /// @param wanted language by service
    /// @param available asks the machine; called at most once for each language
    static Cast of(Map<String, String> wanted, Predicate<String> available) {
        Map<String, Boolean> asked = new LinkedHashMap<>();
        Predicate<String> here = language -> asked.computeIfAbsent(language, available::test);
        Map<String, String> playing = new LinkedHashMap<>();
        wanted.forEach((service, language) -> {
            if (here.test(language)) {
                playing.put(service, language);
            }
        });
        List<String> notes = new ArrayList<>();
        wanted.forEach((service, language) -> {
            if (!playing.containsKey(service)) {
                String standIn = standIn(language, Set.copyOf(playing.values()), here);
                playing.put(service, standIn);
                notes.add(
                        "no "
                                + title(language)
                                + " on this machine: "
                                + title(standIn)
                                + " stands in for it as "
                                + service);
            }
        });
        Map<String, String> inOrder = new LinkedHashMap<>();
        wanted.keySet().forEach(service -> inOrder.put(service, playing.getOrDefault(service, "")));
        return new Cast(inOrder, notes);
    }

    private static String standIn(String missing, Set<String> taken, Predicate<String> here) {
        for (String candidate : STAND_INS) {
            if (!taken.contains(candidate) && here.test(candidate)) {
                return candidate;
            }
        }
        throw Fault.of(
                Sysexit.UNAVAILABLE,
                "the demo needs four languages: "
                        + title(missing)
                        + " is missing, and so is every stand-in (Perl, Ruby, Rust, C)",
                "install " + title(missing) + " or one of the stand-ins");
    }

    static String title(String language) {
        return language.equals("node")
                ? "Node"
                : language.substring(0, 1).toUpperCase(Locale.ROOT) + language.substring(1);
    }
}
