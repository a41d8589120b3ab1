package io.proa.proving.sizes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Many connections that say nothing, from two processes; then each of them is asked again.
final class Crowd {
    static final List<String> HEADINGS =
            List.of(
                    "connections",
                    "kind",
                    "KiB each, caller",
                    "KiB each, callee",
                    "resident MiB, caller",
                    "resident MiB, callee",
                    "heap MiB after collection, caller",
                    "callee",
                    "a new request beside them, p99 ms",
                    "answered again");
    private static final int PROCESSES = 2;
    private static final int ASKED = 100;
    private static final int REST_MILLIS = 6000;
    private static final double MOST_P99_MILLIS = 1000;

    private final MeshedPair pair;
    private final List<String> wrong = new ArrayList<>();

    Crowd(MeshedPair pair) {
        this.pair = pair;
    }

    private record Member(Process process, BufferedReader told, Writer orders) {}

    /// @param kind `stream` or `http`
    Finding run(String kind, int connections) throws IOException, InterruptedException {
        boolean stream = kind.equals("stream");
        int door = stream ? pair.streamDoor() : pair.httpDoor();
        for (int i = 0; i < ASKED; i++) {
            askAnew(); // what runs for the first time is not what connections take
        }
        Thread.sleep(REST_MILLIS);
        List<Long> before = residents();
        List<Member> members = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                members.add(start(kind, door, connections / PROCESSES));
            }
            int open = sum(members, "open");
            Thread.sleep(REST_MILLIS);
            List<Long> with = residents();
            double p99 = p99();
            int answered = again(members);
            expect(open == connections, open + " of " + connections + " were opened");
            expect(answered == open, answered + " of " + open + " were answered again");
            expect(p99 <= MOST_P99_MILLIS, "a new request took " + p99 + " ms");
            String trouble = pair.trouble();
            expect(trouble.isEmpty(), trouble);
            return new Finding(row(kind, Math.max(1, open), before, with, p99, answered), wrong);
        } finally {
            members.forEach(each -> each.process.destroyForcibly());
        }
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            wrong.add(otherwise);
        }
    }

    private List<String> row(
            String kind, int open, List<Long> before, List<Long> with, double p99, int answered) {
        List<String> row = new ArrayList<>(List.of(Integer.toString(open), kind));
        row.add(figure((with.get(1) - before.get(1)) / (double) open));
        row.add(figure((with.get(0) - before.get(0)) / (double) open));
        row.add(figure(with.get(1) / 1024.0));
        row.add(figure(with.get(0) / 1024.0));
        row.add(Long.toString(pair.sidecars().get(1).mostHeapMib()));
        row.add(Long.toString(pair.sidecars().get(0).mostHeapMib()));
        row.add(figure(p99));
        row.add(Integer.toString(answered));
        return row;
    }

    static String figure(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private List<Long> residents() {
        return pair.sidecars().stream().map(Vitals::residentKib).toList();
    }

    private static Member start(String kind, int door, int connections) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(CrowdMember.class.getName(), kind));
        command.addAll(List.of(Integer.toString(door), Integer.toString(connections)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Member(
                process,
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)),
                process.outputWriter(StandardCharsets.US_ASCII));
    }

    private int again(List<Member> members) throws IOException {
        for (Member each : members) {
            each.orders.write("\n");
            each.orders.flush();
        }
        return sum(members, "answered");
    }

    private int sum(List<Member> members, String word) throws IOException {
        int sum = 0;
        for (Member each : members) {
            String line = each.told.readLine();
            while (line != null && !line.startsWith(word)) {
                wrong.add("a client " + line);
                line = each.told.readLine();
            }
            sum += line == null ? 0 : Integer.parseInt(line.substring(word.length() + 1));
        }
        return sum;
    }

    private double p99() throws IOException {
        long[] nanos = new long[ASKED];
        for (int i = 0; i < ASKED; i++) {
            nanos[i] = askAnew();
        }
        Arrays.sort(nanos);
        return nanos[ASKED * 99 / 100 - 1] / 1e6;
    }

    /// One of each kind, on new connections.
    private long askAnew() throws IOException {
        long began = System.nanoTime();
        try (Socket http = MeshedPair.open(pair.httpDoor());
                Socket stream = MeshedPair.open(pair.streamDoor())) {
            Exchange.request(http, 100);
            Exchange.line(stream, 100);
        }
        return System.nanoTime() - began;
    }
}
