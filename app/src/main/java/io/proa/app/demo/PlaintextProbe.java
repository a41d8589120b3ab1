package io.proa.app.demo;

import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.RunningPod;
import io.proa.model.IpPort;
import io.proa.model.MeshPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A stranger on the bridge who speaks plain HTTP: what every pod must refuse, on every port.
///
/// The bridge is in a network namespace of its own, so this is run there as a short process:
/// [#command] makes its command line, [#main] prints a line for each target, [#tally] reads them.
final class PlaintextProbe {
    private static final int PATIENCE_MS = 3000;
    private static final String REFUSED = "refused";

    /// How one attempt ended.
    sealed interface Outcome {
        boolean refused();

        /// No connection, or one that was closed without an answer.
        record Closed(String how) implements Outcome {
            @Override
            public boolean refused() {
                return true;
            }
        }

        /// Something answered.
        ///
        /// @param reason of the sidecar (`x-proa-reason`), empty when it was not the sidecar that
        ///   answered
        record Answered(int status, String reason) implements Outcome {
            @Override
            public boolean refused() {
                return status == 403 && !reason.isEmpty();
            }
        }

        /// Neither an answer nor an end: nothing got in, but nobody was told either.
        record Silent() implements Outcome {
            @Override
            public boolean refused() {
                return false;
            }
        }
    }

    /// What came of all attempts.
    ///
    /// @param notRefused a line for each that was not refused
    record Tally(int tried, int refused, List<String> notRefused) {
        Tally {
            notRefused = List.copyOf(notRefused);
        }
    }

    private PlaintextProbe() {}

    /// @param args ADDRESS:PORT...
    public static void main(String[] args) throws InterruptedException {
        String[] lines = new String[args.length];
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            int at = i;
            asking.add(Thread.ofVirtual().start(() -> lines[at] = line(args[at])));
        }
        for (Thread thread : asking) {
            thread.join();
        }
        for (String line : lines) {
            System.out.println(line);
        }
    }

    private static String line(String target) {
        Outcome outcome = attempt(IpPort.parse(target));
        return (outcome.refused() ? REFUSED : "NOT " + REFUSED) + " " + target + " " + outcome;
    }

    /// The application's port and all of Proa's own, on both addresses of each pod.
    static List<String> command(List<RunningPod> pods) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-XX:-UsePerfData"));
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlaintextProbe.class.getName()));
        for (RunningPod pod : pods) {
            for (InetAddress address : pod.addresses()) {
                for (int port : ports(pod.appPort())) {
                    if (port == FleetPlan.NO_PORT) {
                        continue;
                    }
                    command.add(new IpPort(address, port).toString());
                }
            }
        }
        return command;
    }

    private static int[] ports(int appPort) {
        return new int[] {
            appPort,
            MeshPorts.MESH,
            MeshPorts.OUTBOUND,
            MeshPorts.INBOUND_PLAINTEXT,
            MeshPorts.ADMIN,
            MeshPorts.HEALTH,
            MeshPorts.METRICS
        };
    }

    static Tally tally(String output) {
        List<String> lines = output.lines().toList();
        List<String> notRefused =
                lines.stream().filter(line -> !line.startsWith(REFUSED + " ")).toList();
        return new Tally(lines.size(), lines.size() - notRefused.size(), notRefused);
    }

    static Outcome attempt(IpPort target) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(target.toSocketAddress(), PATIENCE_MS);
            String request = "GET / HTTP/1.1\r\nHost: stranger\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = socket.getInputStream().readNBytes(4096);
            return judge(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (SocketTimeoutException _) {
            return new Outcome.Silent();
        } catch (IOException e) {
            return new Outcome.Closed(String.valueOf(e.getMessage()));
        }
    }

    /// A TLS alert, or anything else that is no HTTP, hands no request to the application: closed.
    static Outcome judge(String answer) {
        if (!answer.startsWith("HTTP/1.") || answer.length() < 12) {
            return new Outcome.Closed(answer.isEmpty() ? "closed" : "no HTTP");
        }
        String reason = "";
        for (String line : answer.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "x-proa-reason:", 0, 14)) {
                reason = line.substring(14).trim();
            }
        }
        try {
            return new Outcome.Answered(Integer.parseInt(answer.substring(9, 12)), reason);
        } catch (NumberFormatException _) {
            return new Outcome.Closed("no HTTP");
        }
    }
}
