package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Runs the attacks: `AttackProof SCRATCH [--quick] [--only NAME] [--page FILE COMMIT DATE] [--peer
/// NAME BINARY ONLY]...`.
///
/// Exit code 1 where something does not hold.
public final class AttackProof {
    /// What connections may hold at all (docs/decisions/0011-memory.md).
    private static final double MOST_GROWTH_MIB = 24;

    /// In a short run nothing has been warmed up, and machines differ.
    private static final double MOST_QUICK_GROWTH_MIB = 32;

    private static final int QUICK_SECONDS = 2;

    private final Options options;
    private final Report report = new Report();
    private final List<String> problems = new ArrayList<>();

    private AttackProof(Options options) {
        this.options = options;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options = Options.parse(args);
        if (options == null) {
            System.err.println(
                    "usage: AttackProof SCRATCH [--quick] [--only NAME] [--page FILE COMMIT DATE] [--peer NAME BINARY ONLY]...");
            System.exit(64);
            return;
        }
        AttackProof proof = new AttackProof(options);
        try (Origins origins = new Origins()) {
            proof.run(new SidecarPair(options.scratch()), options.only(), origins);
            for (Options.PeerBinary peer : options.peers()) {
                proof.run(
                        Peer.of(peer.name(), peer.binary(), options.scratch()),
                        peer.only(),
                        origins);
            }
        }
        proof.problems.forEach(problem -> System.out.println("FAILED: " + problem));
        if (proof.problems.isEmpty()) {
            System.out.println("\nall held");
        }
        Path page = options.page();
        if (page != null) {
            proof.report.write(page, options.commit(), options.date());
        }
        System.exit(proof.problems.isEmpty() ? 0 : 1);
    }

    private void run(Candidate candidate, String only, Origins origins)
            throws IOException, InterruptedException {
        System.out.printf(Locale.ROOT, "%n%s%n%s%n", candidate.name(), Report.HEADINGS);
        for (List<Attack> round : rounds(candidate, only)) {
            Side side = round.getFirst().side();
            try (Candidate.Running running = candidate.start(side, origins);
                    Neighbours neighbours =
                            new Neighbours(running.doors().small(), candidate.speaksHttp2(side))) {
                warmUp(candidate, running, neighbours);
                Trial trial = new Trial(running, neighbours, options.quick() ? 100 : 1000);
                for (Attack attack : round) {
                    row(candidate, trial.run(attack, bounds(attack)));
                }
            }
        }
    }

    /// Peers are begun anew for each attack, since some do not survive the one before.
    private List<List<Attack>> rounds(Candidate candidate, String only) {
        List<Attack> chosen = new ArrayList<>();
        for (Attack attack : Recipes.all()) {
            if (attack.name().contains(only)) {
                chosen.add(attack);
            }
        }
        return candidate.tellsReasons() && !chosen.isEmpty()
                ? List.of(chosen)
                : chosen.stream().map(List::of).toList();
    }

    private Attack.Bounds bounds(Attack attack) {
        Attack.Bounds own = attack.bounds();
        return options.quick() ? own.seconds(Math.min(QUICK_SECONDS, own.seconds())) : own;
    }

    /// So that what grows is what the attack takes, and not code that runs for the first time.
    private void warmUp(Candidate candidate, Candidate.Running running, Neighbours neighbours)
            throws IOException, InterruptedException {
        Thread.sleep(500);
        if (!options.quick() && candidate.tellsReasons()) {
            Trial trial = new Trial(running, neighbours, 0);
            for (Attack attack : Recipes.all()) {
                if (attack.side() != Side.UPSTREAM && !attack.isPatient()) {
                    trial.run(attack, attack.bounds().seconds(1));
                }
            }
            Thread.sleep(3000);
        }
    }

    private void row(Candidate candidate, Trial.Measured measured) {
        double growth = options.quick() ? MOST_QUICK_GROWTH_MIB : MOST_GROWTH_MIB;
        List<String> wrong = Trial.against(measured, growth, !options.quick());
        System.out.println(report.row(candidate.name(), measured, wrong));
        if (candidate.tellsReasons()) {
            wrong.forEach(each -> problems.add(measured.attack().name() + ": " + each));
        }
    }
}
