package io.proa.control.intent;

import io.proa.model.ConfigProblem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that is wrong, collected on the way: checking goes on behind a problem, so that people mend
/// all at once.
public final class Problems {
    private static final int MOST_NAMED = 30;
    private static final int MOST_COMPARED = 5000;
    private static final int LONGEST_COMPARED = 100;

    private final Set<ConfigProblem> found = new LinkedHashSet<>();

    public void add(Place place, String message, String hint) {
        found.add(new ConfigProblem(place.source(), place.line(), place.column(), message, hint));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public int count() {
        return found.size();
    }

    /// In reading order.
    public List<ConfigProblem> all() {
        var sorted = new ArrayList<>(found);
        sorted.sort(
                Comparator.comparing(ConfigProblem::source)
                        .thenComparingInt(ConfigProblem::line)
                        .thenComparingInt(ConfigProblem::column));
        return sorted;
    }

    /// "did you mean ...?" for a word that is no member of `known`; otherwise names them all, or
    /// the first of very many.
    public static String suggestion(String word, Collection<String> known) {
        String nearest = nearest(word, known);
        if (nearest != null) {
            return "did you mean '" + nearest + "'?";
        }
        if (known.isEmpty()) {
            return "";
        }
        String names = String.join(", ", known.stream().limit(MOST_NAMED).toList());
        return "known: " + names + (known.size() > MOST_NAMED ? ", ..." : "");
    }

    /// The member of `known` that was probably meant; null where none is near.
    static @Nullable String nearest(String word, Collection<String> known) {
        if (known.size() > MOST_COMPARED || word.length() > LONGEST_COMPARED) {
            return null; // one slip is worth some work, a large file full of them is not
        }
        String nearest = null;
        String lower = word.toLowerCase(Locale.ROOT);
        int least = Math.max(1, Math.min(2, word.length() / 3)) + 1;
        for (String candidate : known) {
            if (Math.abs(candidate.length() - word.length()) >= least) {
                continue; // at least that far away
            }
            int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// Damerau-Levenshtein distance (adjacent transpositions count one): the usual slips of a hand.
    private static int distance(String a, String b) {
        var rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1);
                least = Math.min(least, rows[i - 1][j - 1] + change);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, rows[i - 2][j - 2] + 1);
                }
                rows[i][j] = least;
            }
        }
        return rows[a.length()][b.length()];
    }
}
