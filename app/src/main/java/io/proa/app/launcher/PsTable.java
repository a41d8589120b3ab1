package io.proa.app.launcher;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What runs, as lines of text in the manner of `kubectl get pods`.
final class PsTable {
    private static final int LONGEST_COMMAND = 60;
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;

    private final boolean fleets;
    private final boolean wide;
    private final boolean meshed;

    /// @param fleets with a column that names the fleet
    /// @param wide with addresses, process numbers and the sidecar's start
    /// @param meshed with what [MeshLook] has added
    PsTable(boolean fleets, boolean wide, boolean meshed) {
        this.fleets = fleets;
        this.wide = wide;
        this.meshed = meshed;
    }

    /// @param reports as launchers give them, see [PsReport]
    List<String> lines(List<JsonNode> reports) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header());
        for (JsonNode report : reports) {
            for (JsonNode pod : report.path("pods")) {
                rows.add(row(report.path("fleet").asString(), pod));
            }
        }
        return aligned(rows);
    }

    private List<String> header() {
        List<String> header = new ArrayList<>();
        if (fleets) {
            header.add("FLEET");
        }
        header.addAll(List.of("NAME", "READY", "STATUS", "RESTARTS", "AGE", "PORTS"));
        if (meshed) {
            header.add("MESH");
        }
        if (wide) {
            header.addAll(List.of("IP", "PID", "SIDECAR-PID", "SIDECAR-READY"));
        }
        header.add("COMMAND");
        return header;
    }

    private List<String> row(String fleet, JsonNode pod) {
        List<String> row = new ArrayList<>();
        if (fleets) {
            row.add(fleet);
        }
        row.add(pod.path("pod").asString());
        row.add(ready(pod));
        row.add(status(pod));
        row.add(Integer.toString(pod.path("restarts").asInt()));
        row.add(age((long) pod.path("age_seconds").asDouble()));
        row.add(ports(pod));
        if (meshed) {
            row.add(mesh(pod.path(MeshLook.FIELD)));
        }
        if (wide) {
            row.add(pod.path("addresses").path(0).asString("-"));
            row.add(number(pod.path("app_pid")));
            row.add(number(pod.path("sidecar_pid")));
            row.add(pod.path("sidecar_ready_ms").asInt() + "ms");
        }
        row.add(command(pod));
        return row;
    }

    private static String number(JsonNode pid) {
        return pid.asLong() == 0 ? "-" : Long.toString(pid.asLong());
    }

    /// Application and sidecar, as of a Kubernetes pod of two containers.
    private static String ready(JsonNode pod) {
        int ready = pod.path("sidecar_pid").asLong() == 0 ? 0 : 1;
        boolean running = pod.path("status").asString().equals("running");
        return (running ? ready + 1 : ready) + "/2";
    }

    private static String status(JsonNode pod) {
        int code = pod.path("exit_code").asInt();
        return switch (pod.path("status").asString()) {
            case "running" -> "Running";
            case "unhealthy" -> "Unhealthy";
            case "starting" -> "Starting";
            case "paused" -> "Restarting(" + code + ")";
            case "ended" -> code == 0 ? "Completed" : "Error(" + code + ")";
            default -> "Stopped";
        };
    }

    /// As compose writes it; a port that only the mesh reaches stands alone, with the one that the
    /// program listens on behind it where that is another.
    private static String ports(JsonNode pod) {
        List<String> words = new ArrayList<>();
        pod.path("published").forEach(port -> words.add("127.0.0.1:" + port.asString()));
        JsonNode ports = pod.path("ports");
        for (int i = 0; i < ports.size(); i++) {
            String port = ports.path(i).asString();
            String target = pod.path("target_ports").path(i).asString(port);
            words.add(target.equals(port) ? port : port + ":" + target);
        }
        return words.isEmpty() ? "-" : String.join(",", words);
    }

    /// With how many services, and how.
    private static String mesh(JsonNode mesh) {
        if (mesh.isMissingNode() || mesh.isNull()) {
            return "unknown";
        }
        List<String> words = new ArrayList<>();
        int encrypted = mesh.path("mutual_tls_peers").size();
        if (encrypted > 0) {
            words.add("mTLS:" + encrypted);
        }
        int plain = 0;
        boolean outside = false;
        for (JsonNode peer : mesh.path("plaintext_peers")) {
            if (peer.asString().equals(MeshLook.OUTSIDE)) {
                outside = true;
            } else {
                plain++;
            }
        }
        if (plain > 0) {
            words.add("plaintext:" + plain);
        }
        if (outside) {
            words.add(MeshLook.OUTSIDE);
        }
        return words.isEmpty() ? "-" : String.join(",", words);
    }

    private static String command(JsonNode pod) {
        List<String> words = new ArrayList<>();
        pod.path("command").forEach(word -> words.add(word.asString()));
        String line = String.join(" ", words);
        return line.length() <= LONGEST_COMMAND
                ? line
                : line.substring(0, LONGEST_COMMAND - 3) + "...";
    }

    /// As kubectl does it: `45s`, `3m20s`, `5h12m`, `4d`.
    static String age(long seconds) {
        if (seconds < 2 * MINUTE) {
            return seconds + "s";
        }
        if (seconds < 10 * MINUTE) {
            return seconds / MINUTE + "m" + seconds % MINUTE + "s";
        }
        if (seconds < 2 * HOUR) {
            return seconds / MINUTE + "m";
        }
        return seconds < 2 * DAY
                ? seconds / HOUR + "h" + seconds % HOUR / MINUTE + "m"
                : seconds / DAY + "d";
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - row.get(i).length() + 3));
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
