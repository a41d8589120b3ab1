package io.proa.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// UDP of a whole network namespace, as its kernel counts it: a sidecar carries none, so that
/// programs may send it as they like, and it is seen all the same.
///
/// @param received datagrams that a program of the pod got
/// @param sent datagrams that one sent
/// @param unwanted those that nobody listened for
/// @param lost those that came and could not be kept
record Datagrams(long received, long sent, long unwanted, long lost) {
    private static final Path PROC = Path.of("/proc/self/net");

    /// In the namespace of this process, IPv4 and IPv6 together; zeros where there is no `/proc`.
    static Datagrams now() {
        try {
            return of(read("snmp"), read("snmp6"));
        } catch (IOException _) {
            return new Datagrams(0, 0, 0, 0);
        }
    }

    /// @param four `/proc/net/snmp`: a line of names and a line of numbers
    /// @param six `/proc/net/snmp6`: a line for each number
    static Datagrams of(String four, String six) {
        return new Datagrams(
                four(four, "InDatagrams") + six(six, "Udp6InDatagrams"),
                four(four, "OutDatagrams") + six(six, "Udp6OutDatagrams"),
                four(four, "NoPorts") + six(six, "Udp6NoPorts"),
                four(four, "InErrors") + six(six, "Udp6InErrors"));
    }

    private static long four(String text, String name) {
        int names = text.indexOf("\nUdp: ") + 1;
        int numbers = text.indexOf("\nUdp: ", names) + 1;
        if (names == 0 || numbers == 0) {
            return 0;
        }
        String[] labels = line(text, names).split(" ", -1);
        String[] values = line(text, numbers).split(" ", -1);
        for (int i = 1; i < labels.length && i < values.length; i++) {
            if (labels[i].equals(name)) {
                return number(values[i]);
            }
        }
        return 0;
    }

    private static long six(String text, String name) {
        for (int at = 0; at < text.length(); at = text.indexOf('\n', at) + 1) {
            String line = line(text, at);
            if (line.startsWith(name) && line.length() > name.length()) {
                char behind = line.charAt(name.length());
                if (behind == ' ' || behind == '\t') {
                    return number(line.substring(name.length()).strip());
                }
            }
            if (text.indexOf('\n', at) < 0) {
                break;
            }
        }
        return 0;
    }

    private static String line(String text, int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static String read(String file) throws IOException {
        return new String(Files.readAllBytes(PROC.resolve(file)), StandardCharsets.ISO_8859_1);
    }
}
