package io.proa.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the kernel says this process uses.
///
/// @param residentBytes memory in RAM
/// @param cpuSeconds user and system time since its start
/// @param startedAt seconds since 1970
record ProcessUsage(long residentBytes, double cpuSeconds, double startedAt) {
    private static final double CLOCK_TICKS = 100; // USER_HZ, fixed by the kernel's ABI (proc(5))
    private static final Path PROC = Path.of("/proc");

    /// Of this process, now; zeros where there is no `/proc`.
    static ProcessUsage now() {
        try {
            String stat = read(PROC.resolve("self/stat"));
            // The command in parentheses may contain anything; what follows it is field 3
            // (proc_pid_stat(5)).
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]);
            double started = Long.parseLong(fields[22 - 3]) / CLOCK_TICKS;
            long booted = number(read(PROC.resolve("stat")), "\nbtime ");
            long resident = number(read(PROC.resolve("self/status")), "\nVmRSS:");
            return new ProcessUsage(resident * 1024, ticks / CLOCK_TICKS, booted + started);
        } catch (IOException _) {
            return new ProcessUsage(0, 0, 0);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static long number(String text, String key) {
        int at = text.indexOf(key);
        long value = 0;
        for (int i = at + key.length();
                at >= 0 && i < text.length() && text.charAt(i) != '\n';
                i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                value = value * 10 + c - '0';
            }
        }
        return value;
    }
}
