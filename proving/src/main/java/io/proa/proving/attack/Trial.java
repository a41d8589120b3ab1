package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Ending;
import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One attack on one candidate, with neighbours beside it, and what was measured.
final class Trial {
    private static final long LOOK_MILLIS = 10;
    private static final long RELEASE_NANOS = 6_000_000_000L;

    /// What was measured.
    ///
    /// @param growthMib of resident memory, of the process that grew most
    /// @param cpuMillis of all processes while the attack lasted
    /// @param reasons counted and logged since the beginning of the attack
    /// @param left connections that the candidate still had when it should have had none
    record Measured(
            Attack attack,
            Attacker.Seen seen,
            boolean alive,
            double growthMib,
            double heapMib,
            long cpuMillis,
            int left,
            Neighbours.Seen calm,
            Neighbours.Seen attacked,
            Map<String, Long> reasons,
            Map<String, Long> logged) {
        String reason() {
            return reasons.entrySet().stream()
                    .filter(each -> !each.getKey().equals("client_gone"))
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(reasons.isEmpty() ? "" : "client_gone");
        }

        boolean wasEnded() {
            return seen.ended() > 0 && seen.ended() == seen.connections();
        }
    }

    private final Candidate.Running candidate;
    private final Neighbours neighbours;
    private final long calmMillis;

    Trial(Candidate.Running candidate, Neighbours neighbours, long calmMillis) {
        this.candidate = candidate;
        this.neighbours = neighbours;
        this.calmMillis = calmMillis;
    }

    /// Runs it; `bounds` may be shorter than its own.
    Measured run(Attack attack, Attack.Bounds bounds) throws IOException, InterruptedException {
        List<Integer> doors = doorsOf(candidate.doors());
        int before = Vitals.connectionsTo(doors);
        neighbours.take();
        Thread.sleep(calmMillis);
        Neighbours.Seen calm = neighbours.take();
        Map<String, Long> counted = candidate.counted();
        Map<String, Long> logged = candidate.logged();
        List<Vitals> processes = candidate.processes();
        long[] resident = processes.stream().mapToLong(Vitals::residentKib).toArray();
        long cpu = cpu(processes);
        double growth = 0;
        Attacker.Seen seen;
        try (Attacker attacker = new Attacker(candidate.doors(), bounds)) {
            Thread running = Thread.ofPlatform().daemon().start(() -> attack(attack, attacker));
            while (running.isAlive()) {
                growth = Math.max(growth, growth(processes, resident));
                running.join(LOOK_MILLIS);
            }
            growth = Math.max(growth, growth(processes, resident));
            seen = attacker.seen();
        }
        long spent = cpu(processes) - cpu;
        Neighbours.Seen attacked = neighbours.take();
        int left = awaitRelease(doors, before) - before;
        boolean alive = processes.stream().allMatch(Vitals::alive);
        Map<String, Long> reasons = alive ? since(counted, candidate.counted()) : Map.of();
        return new Measured(
                attack,
                seen,
                alive,
                growth,
                candidate.heapMib(),
                spent,
                Math.max(0, left),
                calm,
                attacked,
                reasons,
                awaitLogged(logged, reasons));
    }

    /// The access log is written behind the work: what is counted is not yet written at once.
    private Map<String, Long> awaitLogged(Map<String, Long> before, Map<String, Long> reasons)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + RELEASE_NANOS;
        Map<String, Long> now = since(before, candidate.logged());
        while (!now.keySet().containsAll(reasons.keySet()) && System.nanoTime() < end) {
            Thread.sleep(20);
            now = since(before, candidate.logged());
        }
        return now;
    }

    private static void attack(Attack attack, Attacker attacker) {
        try {
            attack.recipe().run(attacker);
        } catch (IOException _) {
            // It was ended.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Integer> doorsOf(Doors doors) {
        return List.of(doors.small(), doors.large(), doors.deaf(), doors.hostile());
    }

    private static int awaitRelease(List<Integer> doors, int before)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + RELEASE_NANOS;
        int now = Vitals.connectionsTo(doors);
        while (now > before && System.nanoTime() < end) {
            Thread.sleep(20);
            now = Vitals.connectionsTo(doors);
        }
        return now;
    }

    private static long cpu(List<Vitals> processes) {
        return processes.stream().mapToLong(Vitals::cpuMillis).sum();
    }

    private static double growth(List<Vitals> processes, long[] before) {
        long most = 0;
        for (int i = 0; i < before.length; i++) {
            most = Math.max(most, processes.get(i).residentKib() - before[i]);
        }
        return most / 1024.0;
    }

    private static Map<String, Long> since(Map<String, Long> before, Map<String, Long> now) {
        Map<String, Long> grown = new TreeMap<>();
        now.forEach((name, count) -> {
            long more = count - before.getOrDefault(name, 0L);
            if (more > 0) {
                grown.put(name, more);
            }
        });
        return grown;
    }

    /// What does not hold; empty = all does.
    ///
    /// @param patient whether it was given the time that its end may take
    static List<String> against(Measured measured, double mostGrowthMib, boolean patient) {
        List<String> wrong = new ArrayList<>();
        if (!measured.alive()) {
            wrong.add("a process has died");
        }
        if (measured.growthMib() >= mostGrowthMib) {
            wrong.add("resident memory grew by %.1f MiB".formatted(measured.growthMib()));
        }
        if (measured.left() > 0) {
            wrong.add(measured.left() + " connections were not released");
        }
        if (measured.attacked().failures() > 0) {
            wrong.add(
                    measured.attacked().failures()
                            + " requests of the neighbours failed, the last with "
                            + measured.attacked().lastFailure());
        }
        Attack attack = measured.attack();
        if (attack.ending() instanceof Ending.Ended && (patient || !attack.isPatient())) {
            if (!measured.wasEnded()) {
                wrong.add("not ended");
            } else if (attack.side() == Side.UPSTREAM
                    && measured.seen().how().contains("PASSED ON")) {
                wrong.add("an answer that is none was passed on");
            } else if (measured.reason().isEmpty()) {
                wrong.add("no reason is counted");
            } else if (!measured.logged().containsKey(measured.reason())) {
                wrong.add("the reason " + measured.reason() + " is not in the log");
            }
        }
        return wrong;
    }
}
