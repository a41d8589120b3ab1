package io.proa.proving.identical;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;

/// One caller and one callee, who have each other to themselves while all experiments are done.
final class Pair implements Callable<Map<Experiment, Outcome>> {
    private static final int LOOK_EVERY_MS = 25;
    private static final int LOOKS = 80;

    private final Ensemble ensemble;
    private final String caller;
    private final String callee;
    private final Experiment.Target target;

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
        for (String line : experiment.preparation(target)) {
            Outcome.Answer answer = ensemble.caller(caller).call(line);
            if (answer.status() != 200) {
                throw new IllegalStateException(
                        this + ", before case " + experiment.name() + ": " + line + " had "
                                + answer + "; expected 200");
            }
        }
        Growth growth = new Growth();
        int arrivedBefore = ensemble.arrivals(callee).size();
        List<Outcome.Answer> answers = new ArrayList<>();
        for (String line : experiment.calls(target)) {
            answers.add(ensemble.caller(caller).call(line));
            Thread.sleep(experiment.times() > 1 ? 2 * LOOK_EVERY_MS : 0);
        }
        growth.settle(answers.size());
        List<String> arrivals = ensemble.arrivals(callee);
        return new Outcome(
                answers,
                arrivals.subList(arrivedBefore, arrivals.size()),
                growth.ofCaller,
                growth.ofCallee);
    }

    /// How the series of both sidecars grow from its making on.
    private final class Growth {
        private final SortedMap<String, Long> callerBefore;
        private final SortedMap<String, Long> calleeBefore;
        private SortedMap<String, Long> ofCaller;
        private SortedMap<String, Long> ofCallee;

        Growth() throws IOException, InterruptedException {
            ofCaller = ensemble.series(caller);
            ofCallee = ensemble.series(callee);
            SortedMap<String, Long> callerLast;
            SortedMap<String, Long> calleeLast;
            int looks = 0;
            do {
                callerLast = ofCaller;
                calleeLast = ofCallee;
                Thread.sleep(LOOK_EVERY_MS);
                ofCaller = ensemble.series(caller);
                ofCallee = ensemble.series(callee);
            } while (!(ofCaller.equals(callerLast) && ofCallee.equals(calleeLast))
                    && ++looks < LOOKS);
            callerBefore = ofCaller;
            calleeBefore = ofCallee;
        }

        /// An exchange is counted when it ends, which is a little after the application has its
        /// answer: waits until all are, and nothing moves any more.
        void settle(int calls) throws IOException, InterruptedException {
            for (int looks = 0; looks < LOOKS; looks++) {
                SortedMap<String, Long> callerLast = ofCaller;
                SortedMap<String, Long> calleeLast = ofCallee;
                Thread.sleep(LOOK_EVERY_MS);
                ofCaller = Series.growth(callerBefore, ensemble.series(caller));
                ofCallee = Series.growth(calleeBefore, ensemble.series(callee));
                boolean all =
                        Series.total(ofCaller, "proa_requests_total") >= calls
                                && Series.total(ofCallee, "proa_requests_total")
                                        >= Series.total(ofCaller, "proa_attempts_total");
                if (all && ofCaller.equals(callerLast) && ofCallee.equals(calleeLast)) {
                    return;
                }
            }
        }
    }

    @Override
    public String toString() {
        return ensemble.language(caller) + " calls " + ensemble.language(callee);
    }
}
