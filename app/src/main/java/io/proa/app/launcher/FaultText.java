package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A fault on its way from the launcher to the command that asked it.
final class FaultText {
    private FaultText() {}

    static Map<String, Object> of(Fault fault) {
        return of(fault.exit(), fault.problems(), fault.next());
    }

    static Map<String, Object> of(Sysexit exit, List<String> problems, String next) {
        return Map.of("exit", exit.code(), "problems", problems, "next", next);
    }

    /// @param json as [#of] was written; anything else becomes a fault that quotes it
    static Fault parse(String json) {
        try {
            JsonNode root = JsonMapper.shared().readTree(json);
            List<String> problems = new ArrayList<>();
            root.required("problems").forEach(each -> problems.add(each.asString()));
            return new Fault(
                    exit(root.required("exit").asInt()),
                    problems,
                    root.required("next").asString());
        } catch (JacksonException _) {
            return Fault.of(Sysexit.SOFTWARE, "the launcher answered '" + json + "'", "");
        }
    }

    private static Sysexit exit(int code) {
        for (Sysexit exit : Sysexit.values()) {
            if (exit.code() == code) {
                return exit;
            }
        }
        return Sysexit.SOFTWARE;
    }
}
