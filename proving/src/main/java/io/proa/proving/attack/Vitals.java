package io.proa.proving.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the kernel says of a process.
final class Vitals {
    private static final int TICKS_A_SECOND = 100;
    private static final int PAGE_KIB = 4;
    private static final int RESIDENT = 1;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final String LISTEN = "0A";
    private static final String TIME_WAIT = "06";

    private final Process process;
    private final Path folder;

    Vitals(Process process) {
        this.process = process;
        this.folder = Path.of("/proc", Long.toString(process.pid()));
    }

    boolean alive() {
        return process.isAlive();
    }

    /// Resident memory in KiB; 0 when the process is no more.
    long residentKib() {
        try {
            String[] fields = Files.readString(folder.resolve("statm")).split(" ", -1);
            return Long.parseLong(fields[RESIDENT]) * PAGE_KIB;
        } catch (IOException e) {
            return 0;
        }
    }

    /// CPU time so far, in milliseconds.
    long cpuMillis() {
        try {
            String stat = Files.readString(folder.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
            return ticks * 1000 / TICKS_A_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }

    /// Open descriptors.
    int descriptors() {
        try (Stream<Path> all = Files.list(folder.resolve("fd"))) {
            return (int) all.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /// Connections accepted on these ports that the accepting side still has.
    static int connectionsTo(List<Integer> ports) throws IOException {
        int count = 0;
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        lines.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        for (String line : lines) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length < 10 || !fields[1].contains(":")) {
                continue;
            }
            int port = Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16);
            boolean owned = !fields[9].equals("0");
            if (ports.contains(port)
                    && owned
                    && !fields[3].equals(LISTEN)
                    && !fields[3].equals(TIME_WAIT)) {
                count++;
            }
        }
        return count;
    }
}
