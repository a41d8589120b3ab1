package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.ServiceReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads references to services, as the Gateway API writes them.
final class References {
    private static final Map<String, String> GROUPS = Map.of("", "", "core", "");
    private static final Map<String, String> KINDS = Map.of("Service", "Service");

    private final Problems problems;

    References(Problems problems) {
        this.problems = problems;
    }

    /// @param namespace of the document that refers
    /// @param port null = not said
    @Nullable ServiceReference service(
            YamlMap map, String what, @Nullable String namespace, @Nullable Integer port) {
        if (map.has("group")) {
            map.word("group", GROUPS);
        }
        String kind = map.text("kind");
        if (kind != null && !KINDS.containsKey(kind)) {
            problems.add(
                    map.placeOf("kind"),
                    "saw kind '" + kind + "' in " + what + ", expected Service",
                    kind.equals("Gateway")
                            ? "gateways are not supported; attach the route to a Service"
                            : "");
            return null;
        }
        String name = map.text("name");
        String own = map.text("namespace");
        return name == null
                ? null
                : new ServiceReference(
                        map.placeOf("name"), own == null ? namespace : own, name, port);
    }
}
