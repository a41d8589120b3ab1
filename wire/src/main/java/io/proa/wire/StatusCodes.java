package io.proa.wire;

import java.util.Set;
import java.util.TreeSet;

/// Sets of HTTP response statuses as people write them: `503`, `500-504`, `5xx`, `gateway-error`
/// (502, 503 and 504).
public final class StatusCodes {
    /// Only failures can be tried again (Gateway API HTTPRouteRetryStatusCode: 400 to 599).
    private static final int LOWEST = 400;

    private static final int HIGHEST = 599;
    private static final String EXPECTED =
            "expected a status from 400 to 599, a range such as 500-504, 4xx, 5xx or gateway-error";

    private StatusCodes() {}

    /// Adds what `text` names to `statuses`.
    ///
    /// @throws IllegalArgumentException naming what was seen and what was expected
    public static void parseInto(String text, Set<Integer> statuses) {
        switch (text) {
            case "gateway-error" -> addRange(502, 504, statuses);
            case "4xx" -> addRange(400, 499, statuses);
            case "5xx" -> addRange(500, 599, statuses);
            default -> {
                int dash = text.indexOf('-');
                int first = number(dash < 0 ? text : text.substring(0, dash), text);
                int last = dash < 0 ? first : number(text.substring(dash + 1), text);
                if (first > last) {
                    throw unexpected(text);
                }
                addRange(first, last, statuses);
            }
        }
    }

    /// @throws IllegalArgumentException for a status that no rule may name
    public static int check(long status) {
        if (status < LOWEST || status > HIGHEST) {
            throw unexpected(Long.toString(status));
        }
        return (int) status;
    }

    /// Single statuses, and runs of three and more as ranges, in order.
    static String[] format(Set<Integer> statuses) {
        var words = new String[statuses.size()];
        int count = 0;
        int first = -1;
        int last = -1;
        for (int status : new TreeSet<>(statuses)) {
            if (first >= 0 && status == last + 1) {
                last = status;
            } else {
                count = flush(first, last, words, count);
                first = status;
                last = status;
            }
        }
        count = flush(first, last, words, count);
        var result = new String[count];
        System.arraycopy(words, 0, result, 0, count);
        return result;
    }

    private static int flush(int first, int last, String[] words, int count) {
        if (first < 0) {
            return count;
        }
        if (last - first >= 2) {
            words[count] = first + "-" + last;
            return count + 1;
        }
        int next = count;
        for (int status = first; status <= last; status++) {
            words[next++] = Integer.toString(status);
        }
        return next;
    }

    private static void addRange(int first, int last, Set<Integer> statuses) {
        for (int status = first; status <= last; status++) {
            statuses.add(status);
        }
    }

    private static int number(String digits, String text) {
        try {
            if (digits.length() == 3) {
                return check(Integer.parseInt(digits));
            }
        } catch (NumberFormatException _) {
            // answered below, like any other text
        }
        throw unexpected(text);
    }

    private static IllegalArgumentException unexpected(String text) {
        return new IllegalArgumentException("saw '" + text + "', " + EXPECTED);
    }
}
