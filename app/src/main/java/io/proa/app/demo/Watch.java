package io.proa.app.demo;

import io.proa.app.fleet.AdminClient;
import io.proa.app.fleet.RunningPod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Asks all sidecars, again and again, and keeps what is needed to say "lately". A sidecar that
/// does not answer is shown with what it said last.
final class Watch {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /// How many looks a rate is taken over.
    private static final int LATELY = 6;

    private final List<RunningPod> pods;
    private final Map<String, SidecarStats> first = new HashMap<>();
    private final Map<String, SidecarStats> latest = new ConcurrentHashMap<>();
    private final Deque<Sight> sights = new ArrayDeque<>();

    /// @param at in nanoseconds of [System#nanoTime]
    private record Sight(List<Edge> edges, long at) {}

    Watch(List<RunningPod> pods) {
        this.pods = List.copyOf(pods);
    }

    /// @return how many sidecars answered
    int look() throws InterruptedException {
        Map<String, SidecarStats> answers = new ConcurrentHashMap<>();
        List<Thread> asking =
                pods.stream()
                        .map(pod -> Thread.ofVirtual().start(() -> ask(pod, answers)))
                        .toList();
        for (Thread thread : asking) {
            thread.join();
        }
        answers.forEach(first::putIfAbsent);
        latest.putAll(answers);
        sights.addLast(new Sight(EdgeBook.of(pods, latest).edges(), System.nanoTime()));
        if (sights.size() > LATELY) {
            sights.removeFirst();
        }
        return answers.size();
    }

    private static void ask(RunningPod pod, Map<String, SidecarStats> answers) {
        try {
            AdminClient.Answer answer = AdminClient.get(pod.adminSocket(), "/stats.json", PATIENCE);
            if (answer.status() == 200) {
                answers.put(pod.name(), SidecarStats.parse(answer.body()));
            }
        } catch (IOException _) {
            // Shown with what it said last; a sidecar that is gone for good is the fleet's news,
            // not a number's.
        }
    }

    List<Edge> edges() {
        return sights.isEmpty() ? List.of() : sights.getLast().edges();
    }

    /// The edges with their rate over the last looks.
    List<EdgeTable.Row> rows() {
        if (sights.isEmpty()) {
            return List.of();
        }
        Map<String, Long> before = new HashMap<>();
        sights.getFirst()
                .edges()
                .forEach(edge -> before.put(edge.from() + " " + edge.to(), edge.requests()));
        double seconds = (sights.getLast().at() - sights.getFirst().at()) / 1e9;
        return edges().stream()
                .map(edge -> {
                    long more =
                            edge.requests()
                                    - before.getOrDefault(edge.from() + " " + edge.to(), 0L);
                    return new EdgeTable.Row(edge, seconds <= 0 ? 0 : Math.max(0, more) / seconds);
                })
                .toList();
    }

    /// What each sidecar that has answered costs, by pod; CPU per request since the first look.
    Map<String, DemoReport.SidecarFacts> facts() {
        Map<String, DemoReport.SidecarFacts> facts = new LinkedHashMap<>();
        for (RunningPod pod : pods) {
            SidecarStats start = first.get(pod.name());
            SidecarStats end = latest.get(pod.name());
            if (start != null && end != null) {
                long handled = end.handled() - start.handled();
                double micros = (end.cpuSeconds() - start.cpuSeconds()) * 1e6;
                facts.put(
                        pod.name(),
                        new DemoReport.SidecarFacts(
                                end.rssBytes() / 1e6,
                                handled <= 0 ? 0 : micros / handled,
                                pod.readyMs()));
            }
        }
        return facts;
    }
}
