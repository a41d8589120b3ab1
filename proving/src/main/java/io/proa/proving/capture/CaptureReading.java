package io.proa.proving.capture;

import io.proa.proving.capture.Packet.Ends;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Judges a capture, frame by frame: between pods, only TLS 1.3; towards strangers, only a refusal;
/// nothing else at all but what the network itself needs.
public final class CaptureReading {
    /// Where addresses belong.
    ///
    /// @param pods name by address
    /// @param hub the bridge's own addresses, where strangers stand
    public record Places(Map<InetAddress, String> pods, Set<InetAddress> hub) {
        String name(InetAddress address) {
            String pod = pods.get(address);
            return pod != null
                    ? pod
                    : hub.contains(address) ? "stranger" : address.getHostAddress();
        }
    }

    /// Something that must not be on the bridge.
    public record Finding(long atMs, String phase, String who, String what) {
        @Override
        public String toString() {
            return phase + ": " + who + ": " + what;
        }
    }

    private final Places places;
    private final Markers markers;
    private final List<Phase> phases;
    private final Set<Ends> planted;
    private final Map<Ends, Flow> open = new HashMap<>();
    private final Map<Flow, Long> flows = new java.util.LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Integer> plumbing = new TreeMap<>();
    private final Map<String, Integer> groups = new TreeMap<>();
    private final Map<String, Integer> strangers = new TreeMap<>();
    private final Set<String> seenWords = new TreeSet<>();
    private int plantedSeen;
    private long frames;

    /// @param planted plaintext connections that were made on purpose, as their openers see them:
    ///   they have to be found
    public CaptureReading(Places places, Markers markers, List<Phase> phases, Set<Ends> planted) {
        this.places = places;
        this.markers = markers;
        this.phases = phases;
        this.planted = planted;
    }

    public void frame(long atMs, byte[] frame) {
        frames++;
        Packet packet = Packet.parse(frame);
        switch (packet) {
            case Packet.Tcp segment -> segment(atMs, segment);
            case Packet.Plumbing(String what) -> {
                plumbing.merge(what, 1, Integer::sum);
                search(atMs, frame, what);
            }
            case Packet.Other(String what, InetAddress source, InetAddress target) ->
                    find(atMs, places.name(source) + " -> " + places.name(target), what);
            case Packet.Unreadable(String what) -> find(atMs, "somebody", what);
        }
    }

    private void search(long atMs, byte[] frame, String who) {
        Set<String> words = new TreeSet<>();
        markers.find(frame, 0, frame.length, words);
        if (!words.isEmpty()) {
            find(atMs, who, "carries " + words);
        }
    }

    private void segment(long atMs, Packet.Tcp segment) {
        Ends ends = segment.ends();
        Flow flow = open.get(ends);
        boolean opening = segment.syn() && !segment.ack();
        if (flow == null
                || opening && !(ends.equals(flow.ends()) && flow.beginsAt(segment.sequence()))) {
            if (!opening && segment.to() == segment.from()) {
                return; // a reset of what was refused, or the last word of what is over
            }
            flow = new Flow(ends, segment.sequence(), markers);
            open.put(ends, flow);
            open.put(ends.reversed(), flow);
            flows.put(flow, atMs);
            phase(atMs).opened(isBetweenPods(ends));
        }
        long bytes = flow.take(segment);
        if (bytes > 0 && isBetweenPods(ends) && !planted.contains(flow.ends())) {
            phase(atMs).carried(flow, bytes);
        }
    }

    private boolean isBetweenPods(Ends ends) {
        return places.pods().containsKey(ends.source()) && places.pods().containsKey(ends.target());
    }

    private Phase phase(long atMs) {
        Phase last = phases.getFirst();
        for (Phase phase : phases) {
            if (phase.beganMs() <= atMs) {
                last = phase;
            }
        }
        return last;
    }

    private void find(long atMs, String who, String what) {
        findings.add(new Finding(atMs, phase(atMs).name(), who, what));
    }

    /// To be called once, after the last frame.
    public void finish() {
        flows.forEach((flow, atMs) -> {
            if (flow.spoke()) {
                if (planted.contains(flow.ends())) {
                    plantedSeen += flow.notTls().isEmpty() || flow.words().isEmpty() ? 0 : 1;
                    seenWords.addAll(flow.words());
                } else if (isBetweenPods(flow.ends())) {
                    betweenPods(flow, atMs);
                } else {
                    withStranger(flow, atMs);
                }
            }
        });
    }

    private void betweenPods(Flow flow, long atMs) {
        String who = who(flow);
        if (!flow.notTls().isEmpty()) {
            find(atMs, who, flow.notTls());
        }
        if (!flow.words().isEmpty()) {
            find(atMs, who, "carries " + flow.words());
        }
        groups.merge(flow.agreed() ? flow.group() : "handshake cut short", 1, Integer::sum);
    }

    /// A stranger may say what it likes; what it is told is the matter.
    private void withStranger(Flow flow, long atMs) {
        boolean fromHub =
                places.hub().contains(flow.ends().source())
                        && places.pods().containsKey(flow.ends().target());
        if (!fromHub) {
            find(atMs, who(flow), "speaks to somebody outside the fleet");
            return;
        }
        seenWords.addAll(flow.words());
        String answer = flow.answer();
        String kind =
                answer.isEmpty()
                        ? "no byte"
                        : answer.startsWith("HTTP/1.1 403 ")
                                        && answer.contains("x-proa-reason: plaintext_refused\r\n")
                                ? "403 plaintext_refused"
                                : flow.serverNotTls().isEmpty()
                                        ? flow.agreed() ? "TLS 1.3" : "TLS alert"
                                        : "";
        if (kind.isEmpty()) {
            find(
                    atMs,
                    who(flow),
                    "answered "
                            + Text.of(
                                    answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                                    0,
                                    answer.length()));
        } else {
            strangers.merge(kind, 1, Integer::sum);
        }
    }

    private String who(Flow flow) {
        Ends ends = flow.ends();
        return places.name(ends.source()) + " -> " + places.name(ends.target()) + " (" + ends + ")";
    }

    public List<Finding> findings() {
        return findings;
    }

    /// How many of the connections planted were seen for what they are.
    public int plantedSeen() {
        return plantedSeen;
    }

    /// Words seen where they were said on purpose.
    public Set<String> seenWords() {
        return seenWords;
    }

    /// Connections between pods, by how their keys were agreed on.
    public Map<String, Integer> groups() {
        return groups;
    }

    /// What strangers were answered, by kind.
    public Map<String, Integer> strangers() {
        return strangers;
    }

    public Map<String, Integer> plumbing() {
        return plumbing;
    }

    public long frames() {
        return frames;
    }
}
