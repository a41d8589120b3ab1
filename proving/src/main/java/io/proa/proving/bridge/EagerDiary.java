package io.proa.proving.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the eager application wrote of its tries (`eager.py`).
record EagerDiary(Path log) {
    private record Line(long atMs, String way, String how) {}

    private List<Line> lines() {
        try {
            return Files.readAllLines(log).stream()
                    .map(line -> line.split(" ", -1))
                    .filter(words -> words.length == 3 && words[0].matches("[0-9]{13}"))
                    .map(words -> new Line(Long.parseLong(words[0]), words[1], words[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasSucceeded(String... ways) {
        List<Line> lines = lines();
        for (String way : ways) {
            if (lines.stream()
                    .noneMatch(line -> line.way().equals(way) && line.how().equals("ok"))) {
                return false;
            }
        }
        return true;
    }

    /// Ways that lead past what the fleet's document declares: no application may get anywhere by
    /// them.
    static boolean leadsNowhere(String way) {
        return way.endsWith("-undeclared") || way.endsWith("-mesh-port");
    }

    /// Ways that must work while nothing is disturbed.
    static boolean leadsSomewhere(String way) {
        // By its IPv6 address a pod is not known as an endpoint yet: refused, not carried.
        return !leadsNowhere(way) && !way.endsWith("-pod-ipv6");
    }

    /// For each way, how often it ended how.
    Map<String, Map<String, Integer>> between(long fromMs, long toMs) {
        Map<String, Map<String, Integer>> ways = new TreeMap<>();
        for (Line line : lines()) {
            if (line.atMs() >= fromMs && line.atMs() < toMs) {
                ways.computeIfAbsent(line.way(), _ -> new TreeMap<>())
                        .merge(line.how(), 1, Integer::sum);
            }
        }
        return ways;
    }
}
