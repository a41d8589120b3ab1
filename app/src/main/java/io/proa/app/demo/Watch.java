package io.proa.app.demo;

import io.proa.app.fleet.AdminClient;
import io.proa.app.fleet.Progress;
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
    private static final int LATELY = 11;

    private final List<RunningPod> pods;
    private final Progress news;
    private final long begun = System.nanoTime();
    private final Map<String, SidecarStats> first = new HashMap<>();
    private final Map<String, SidecarStats> latest = new ConcurrentHashMap<>();
    private final Deque<Sight> sights = new ArrayDeque<>();

    /// @param at in nanoseconds of [System#nanoTime]
    private record Sight(List<Edge> edges, long at) {}

    /// @param news is told when a sidecar was started again
    Watch(List<RunningPod> pods, Progress news) {
        this.pods = List.copyOf(pods);
        this.news = news;
    }

    void look() throws InterruptedException {
        Map<String, SidecarStats> answers = new ConcurrentHashMap<>();
        List<Thread> asking =
                pods.stream()
                        .map(pod -> Thread.ofVirtual().start(() -> ask(pod, answers)))
                        .toList();
        for (Thread thread : asking) {
            thread.join();
        }
        answers.forEach(this::note);
        sights.addLast(new Sight(EdgeBook.of(pods, latest).edges(), System.nanoTime()));
        if (sights.size() > LATELY) {
            sights.removeFirst();
        }
    }

    private void note(String pod, SidecarStats stats) {
        SidecarStats before = latest.put(pod, stats);
        if (before != null && before.isSucceededBy(stats)) {
            first.put(pod, stats);
            news.news(
                    "the sidecar of "
                            + pod
                            + " ended and was started again; its counters begin anew");
        }
        first.putIfAbsent(pod, stats);
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

    /// The edges as they were lately: success and rate over the last [#LATELY] looks, the rest
    /// since the start.
    List<EdgeTable.Row> lately() {
        if (sights.isEmpty()) {
            return List.of();
        }
        Sight begin = sights.getFirst();
        Map<String, Edge> before = new HashMap<>();
        begin.edges().forEach(edge -> before.put(edge.from() + " " + edge.to(), edge));
        double seconds = Math.max(0.001, (sights.getLast().at() - begin.at()) / 1e9);
        return edges().stream()
                .map(edge ->
                        edge.since(before.getOrDefault(edge.from() + " " + edge.to(), edge.none())))
                .map(edge -> new EdgeTable.Row(edge, edge.requests() / seconds))
                .toList();
    }

    /// The edges since the start.
    List<EdgeTable.Row> rows() {
        double seconds = Math.max(0.001, (System.nanoTime() - begun) / 1e9);
        return edges().stream()
                .map(edge -> new EdgeTable.Row(edge, edge.requests() / seconds))
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
