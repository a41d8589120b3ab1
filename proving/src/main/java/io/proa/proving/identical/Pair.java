package io.proa.proving.identical;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One caller and one callee, who have each other to themselves while all experiments are done.
final class Pair implements Callable<Map<Experiment, Outcome>> {
    private static final int LOOK_EVERY_MS = 10;
    private static final int LOOKS = 200;

    /// Between two calls of one case: long enough for the end of a connection to arrive.
    private static final int PAUSE_MS = 30;

    private final Ensemble ensemble;
    private final String caller;
    private final String callee;
    private final Experiment.Target target;
    private @Nullable Pages pages;

    Pair(Ensemble ensemble, int caller, int callee, int seed) {
        this.ensemble = ensemble;
        this.caller = "caller-" + caller;
        this.callee = "callee-" + callee;
        this.target = new Experiment.Target(this.callee, seed, this.caller);
    }

    @Override
    public Map<Experiment, Outcome> call() throws IOException, InterruptedException {
        Map<Experiment, Outcome> outcomes = new LinkedHashMap<>();
        for (Experiment experiment : Experiments.all()) {
            outcomes.put(experiment, outcome(experiment));
        }
        return outcomes;
    }

    private Outcome outcome(Experiment experiment) throws IOException, InterruptedException {
        Pages last = pages == null ? Pages.read(this) : pages;
        List<String> preparation = experiment.preparation(target);
        for (String line : preparation) {
            Outcome.Answer answer = ensemble.caller(caller).call(line);
            if (answer.status() != 200) {
                throw new IllegalStateException(
                        this
                                + ", before case "
                                + experiment.name()
                                + ": "
                                + line
                                + " had "
                                + answer
                                + "; expected 200");
            }
        }
        Pages before = last.after(preparation.size(), this);
        int arrivedBefore = ensemble.arrivals(callee).size();
        List<Outcome.Answer> answers = new ArrayList<>();
        for (String line : experiment.calls(target)) {
            Thread.sleep(answers.isEmpty() ? 0 : PAUSE_MS);
            answers.add(ensemble.caller(caller).call(line));
        }
        Pages after = before.after(answers.size(), this);
        pages = after;
        List<String> arrivals = ensemble.arrivals(callee);
        return new Outcome(
                answers,
                arrivals.subList(arrivedBefore, arrivals.size()),
                Series.growth(before.ofCaller(), after.ofCaller()),
                Series.growth(before.ofCallee(), after.ofCallee()));
    }

    /// The metrics of both sidecars at one moment.
    private record Pages(SortedMap<String, Long> ofCaller, SortedMap<String, Long> ofCallee) {
        static Pages read(Pair pair) throws IOException {
            return new Pages(pair.ensemble.series(pair.caller), pair.ensemble.series(pair.callee));
        }

        /// An exchange is counted when it ends, which may be a little after the application has its
        /// answer: waits until `calls` more are counted, with each of their attempts at the other
        /// side, and nothing moves any more. An attempt that never got there is waited for in vain.
        Pages after(int calls, Pair pair) throws IOException, InterruptedException {
            Pages last = read(pair);
            for (int looks = 0; looks < LOOKS; looks++) {
                Thread.sleep(LOOK_EVERY_MS);
                Pages now = read(pair);
                if (now.equals(last) && now.requests() - requests() >= calls && now.isWhole(this)) {
                    return now;
                }
                last = now;
            }
            return last;
        }

        private long requests() {
            return Series.total(ofCaller, "proa_requests_total");
        }

        private boolean isWhole(Pages before) {
            long attempts =
                    Series.total(ofCaller, "proa_attempts_total")
                            - Series.total(before.ofCaller, "proa_attempts_total");
            long arrived =
                    Series.total(ofCallee, "proa_requests_total")
                            - Series.total(before.ofCallee, "proa_requests_total");
            return arrived >= attempts;
        }
    }

    @Override
    public String toString() {
        return ensemble.language(caller) + " calls " + ensemble.language(callee);
    }
}
