package io.proa.proving.identical;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a caller, a callee and their sidecars saw of one [Experiment].
///
/// @param answers as the caller's program saw them, by call
/// @param arrivals what reached the callee's program: the call's number, method, length and digest
///   of the body
/// @param callerGrowth by how much which series grew at the caller's sidecar
/// @param calleeGrowth the same at the callee's
record Outcome(
        List<Answer> answers,
        List<String> arrivals,
        SortedMap<String, Long> callerGrowth,
        SortedMap<String, Long> calleeGrowth) {
    Outcome {
        answers = List.copyOf(answers);
        arrivals = List.copyOf(arrivals);
        callerGrowth = new TreeMap<>(callerGrowth);
        calleeGrowth = new TreeMap<>(calleeGrowth);
    }

    /// What an application sees of an answer.
    ///
    /// @param status 0 = none
    /// @param reason of the sidecar, `-` where the answer is the callee's
    /// @param body length and digest, `broken` where it ended early
    record Answer(int status, String reason, String body) {
        /// @param line `STATUS REASON BODY [# what the caller's language says of it]`
        static Answer parse(String line) {
            String[] word = line.split(" ", 4);
            if (word.length < 3 || !word[0].matches("\\d{1,3}")) {
                throw new IllegalStateException(
                        "a caller said '" + line + "'; expected STATUS REASON BODY");
            }
            // Its text names the request, so no two are the same.
            boolean sidecars = !word[1].equals("-") && word[2].contains(":");
            return new Answer(
                    Integer.parseInt(word[0]), word[1], sidecars ? "the sidecar's" : word[2]);
        }
    }

    /// What is compared, by what it is called where it differs; a value may have several lines.
    Map<String, String> cells() {
        Map<String, String> cells = new LinkedHashMap<>();
        cells.put("status", each(answers.stream().map(answer -> "" + answer.status()).toList()));
        cells.put("reason code", each(answers.stream().map(Answer::reason).toList()));
        cells.put("body", each(answers.stream().map(Answer::body).toList()));
        cells.put("attempts that reached the callee", String.valueOf(arrivals.size()));
        cells.put("what reached the callee", each(arrivals));
        cells.put("series that grew at the caller's sidecar", Series.exact(callerGrowth));
        cells.put("series that grew at the callee's sidecar", Series.exact(calleeGrowth));
        return cells;
    }

    /// Attempts as the caller's sidecar counted them.
    long attemptsCounted() {
        return callerGrowth.entrySet().stream()
                .filter(series -> series.getKey().startsWith("proa_attempts_total{"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// Joined; runs of the same are written once with their number.
    static String each(List<String> values) {
        StringBuilder text = new StringBuilder();
        for (int i = 0, end; i < values.size(); i = end) {
            for (end = i + 1;
                    end < values.size() && values.get(end).equals(values.get(i));
                    end++) {}
            text.append(i == 0 ? "" : ", ").append(values.get(i));
            text.append(end - i > 1 ? " x" + (end - i) : "");
        }
        return text.toString();
    }
}
