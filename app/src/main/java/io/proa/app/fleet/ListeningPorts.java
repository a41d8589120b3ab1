package io.proa.app.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which TCP ports are listened on in a process's network namespace, as the kernel shows them in
/// `/proc/PID/net/tcp` and `tcp6` (proc_pid_net(5)); nothing has to be run inside the namespace,
/// and no connection disturbs the application.
final class ListeningPorts {
    private static final String LISTEN = "0A";

    /// Who could reach a listener.
    enum Reach {
        NOBODY,
        /// Only from inside the namespace.
        LOOPBACK,
        EVERYBODY
    }

    private ListeningPorts() {}

    static Reach reach(long pid, int port) throws IOException {
        Reach v4 = reach(lines(pid, "tcp"), port);
        return v4 == Reach.EVERYBODY ? v4 : widest(v4, reach(lines(pid, "tcp6"), port));
    }

    private static List<String> lines(long pid, String table) throws IOException {
        Path file = Path.of("/proc", Long.toString(pid), "net", table);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /// Columns: slot, local address, remote address, state; addresses are hexadecimal words of the
    /// machine's byte order.
    static Reach reach(List<String> lines, int port) {
        Reach reach = Reach.NOBODY;
        String suffix = ":%04X".formatted(port);
        for (String line : lines) {
            String[] columns = line.trim().split(" +", 5);
            if (columns.length == 5 && columns[1].endsWith(suffix) && columns[3].equals(LISTEN)) {
                String address = columns[1].substring(0, columns[1].length() - suffix.length());
                reach = widest(reach, isLoopback(address) ? Reach.LOOPBACK : Reach.EVERYBODY);
            }
        }
        return reach;
    }

    private static boolean isLoopback(String address) {
        return address.length() == 8
                ? address.endsWith("7F") // 127.0.0.0/8 on a little-endian machine
                : address.equals("00000000000000000000000001000000")
                        || (address.startsWith("0000000000000000FFFF0000")
                                && address.endsWith("7F"));
    }

    private static Reach widest(Reach one, Reach other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
