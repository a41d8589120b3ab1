package io.proa.app.fleet;

import io.proa.host.LoopbackPod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How a program learns of its HTTP proxy: by the variables that curl, wget, Python, Ruby, Go and,
/// from version 24 on, Node read. In both spellings, since some read only one.
///
/// Java reads none of them: what it would read is printed by every JVM at its start.
public final class ProxyVariables {
    private static final List<String> OWN = List.of("localhost", "127.0.0.1", "::1");

    private ProxyVariables() {}

    /// @param proxy as a URI
    /// @param own the environment that the program would have. A proxy of its own for HTTPS stays:
    ///   it may be the only way out, and services are not called by HTTPS. Names that it is not to
    ///   use a proxy for stay, too
    public static Map<String, String> of(String proxy, Map<String, String> own) {
        Map<String, String> variables = new HashMap<>();
        both("http_proxy", proxy, variables);
        boolean nested = own.containsKey(LoopbackPod.MARK); // what is there is another sidecar's
        if (nested || value("https_proxy", own).isEmpty()) {
            both("https_proxy", proxy, variables);
        }
        both("no_proxy", withOwn(value("no_proxy", own)), variables);
        variables.put("NODE_USE_ENV_PROXY", "1");
        return variables;
    }

    private static void both(String name, String value, Map<String, String> variables) {
        variables.put(name, value);
        variables.put(upper(name), value);
    }

    private static String upper(String name) {
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    private static String value(String name, Map<String, String> own) {
        String lower = own.getOrDefault(name, "");
        return lower.isEmpty() ? own.getOrDefault(upper(name), "") : lower;
    }

    private static String withOwn(String said) {
        List<String> names = new ArrayList<>();
        for (String name : said.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        OWN.stream().filter(name -> !names.contains(name)).forEach(names::add);
        return String.join(",", names);
    }
}
