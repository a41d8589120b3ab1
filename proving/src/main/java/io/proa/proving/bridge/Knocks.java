package io.proa.proving.bridge;

import io.proa.app.fleet.RunningPod;
import io.proa.model.MeshPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Clients without a certificate, at every door of every pod (`knock.py`), and whether the pods
/// counted them.
final class Knocks {
    /// One try.
    ///
    /// @param ownPort 0 where there was no connection
    /// @param how as `knock.py` says it
    record Knock(String address, int port, String speech, int ownPort, String how) {
        static Knock parse(String line) {
            String[] words = line.split(" ", -1);
            return new Knock(
                    words[0],
                    Integer.parseInt(words[1]),
                    words[2],
                    Integer.parseInt(words[3]),
                    words[5]);
        }

        boolean connected() {
            return ownPort != 0;
        }

        /// Turned away in a way that the client cannot take for anything else.
        boolean refused() {
            return switch (how) {
                case "refused", "reset", "closed", "tls-alert", "tls-cut" -> true;
                case "told:403:plaintext_refused" -> true;
                default -> false;
            };
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> SPEECHES = List.of("http", "bytes", "hello", "silent");
    private static final int NOBODYS_PORT = 7777;

    private Knocks() {}

    /// Every port on which anybody listens in the pod, Proa's own, and one that is nobody's.
    static Set<Integer> doors(BridgeFleet fleet, RunningPod pod) throws IOException {
        Set<Integer> doors = new TreeSet<>(fleet.listeningPorts(pod.name()));
        doors.addAll(
                List.of(
                        pod.appPort(),
                        MeshPorts.OUTBOUND,
                        MeshPorts.INBOUND_PLAINTEXT,
                        MeshPorts.MESH,
                        MeshPorts.ADMIN,
                        MeshPorts.METRICS,
                        MeshPorts.HEALTH,
                        NOBODYS_PORT));
        return doors;
    }

    /// Lines for `knock.py`: at each door by both families in HTTP, at two doors in every way of
    /// speaking.
    static String targets(RunningPod pod, Set<Integer> doors) {
        StringBuilder lines = new StringBuilder();
        for (InetAddress address : pod.addresses()) {
            for (int door : doors) {
                boolean main = door == pod.appPort() || door == MeshPorts.MESH;
                for (String speech : main ? SPEECHES : List.of("http")) {
                    lines.append(BridgeFleet.literal(address)).append(' ').append(door).append(' ');
                    lines.append(speech).append('\n');
                }
            }
        }
        return lines.toString();
    }

    /// @param seconds 0 = each target once
    /// @param mark 0 = none
    static List<Knock> knock(
            Commands.Place place, String canary, String targets, double seconds, int mark)
            throws IOException, InterruptedException {
        List<String> command =
                List.of(
                        "python3",
                        "-c",
                        Recorder.script("knock.py"),
                        canary,
                        Double.toString(seconds),
                        Integer.toString(mark));
        Commands.Ended ended = Commands.run(place, command, targets, PATIENCE);
        if (ended.code() != 0) {
            throw new IOException("knock.py: " + ended.output());
        }
        return ended.output().lines().map(Knock::parse).toList();
    }

    /// How each of them ended, with how many.
    static Map<String, Integer> outcomes(List<Knock> knocks) {
        Map<String, Integer> outcomes = new TreeMap<>();
        knocks.forEach(knock -> outcomes.merge(knock.how(), 1, Integer::sum));
        return outcomes;
    }

    static List<String> notRefused(List<Knock> knocks) {
        List<String> lines = new ArrayList<>();
        knocks.stream().filter(knock -> !knock.refused()).forEach(knock -> lines.add(knock + ""));
        return lines;
    }

    /// What the pod's sidecar has counted as refused at its doors, by reason.
    static Map<String, Long> refusals(RunningPod pod) {
        Map<String, Long> counts = new HashMap<>();
        String page = BridgeFleet.page(pod, "/metrics");
        if (page == null) {
            throw new IllegalStateException(pod.name() + ": no metrics");
        }
        String start = "proa_inbound_refused_total{reason=\"";
        page.lines()
                .filter(line -> line.startsWith(start))
                .forEach(line -> {
                    String reason =
                            line.substring(start.length(), line.indexOf('"', start.length()));
                    double count = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                    counts.merge(reason, (long) count, Long::sum);
                });
        return counts;
    }

    /// What has been counted since.
    static long since(Map<String, Long> before, Map<String, Long> after, String reason) {
        return after.getOrDefault(reason, 0L) - before.getOrDefault(reason, 0L);
    }
}
