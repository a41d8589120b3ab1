package io.proa.app.launcher;

import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// One line for the user of `proa run`: who the program is, and how it is reached.
final class RunHint {
    /// By which the first process of a run is told what to say later; the program is not.
    static final String LATER = "PROA_RUN_HINT";

    private RunHint() {}

    /// Whether it is worth a word before the program says its first one.
    static boolean isForNow(JoinRequest request) {
        return !request.joining().ports().isEmpty();
    }

    /// Whether it is worth a word once the program has stayed for a second: one that cannot be
    /// called may be a server whose port was left out, but most are clients that end at once.
    ///
    /// @param terminal whether somebody reads it
    static boolean isForLater(JoinRequest request, boolean terminal) {
        return switch (request.mode()) {
            case TRANSPARENT -> terminal && !isForNow(request);
            case EXPLICIT -> false; // no process of ours stays beside the program
        };
    }

    static String of(JsonNode place, JoinRequest request) {
        String service = place.path("service").asString();
        if (request.joining().ports().isEmpty()) {
            return service + " can call others by name; to be called itself it needs --port PORT";
        }
        List<String> ways = new ArrayList<>();
        for (Joining.Port port : request.joining().ports()) {
            ways.add(service + ":" + port.port());
        }
        List<String> outside = new ArrayList<>();
        for (FleetPlan.PublishedPort port : request.joining().published()) {
            outside.add("127.0.0.1:" + port.hostPort());
        }
        return service
                + " is reached as "
                + String.join(", ", ways)
                + " by programs under proa run"
                + (outside.isEmpty() ? "" : ", and from outside at " + String.join(", ", outside));
    }
}
