package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Everything that can be known to fail before anything is started: programs that are not there, ports that are taken.
/// All of it at once.
public final class Preflight {
    private final String path;
    private final List<String> problems = new ArrayList<>();

    private Preflight(String path) {
        this.path = path;
    }

    /// @param path the value of `PATH`
    /// @throws Fault with every problem, when there is one
    public static void check(FleetPlan plan, String path) {
        Preflight preflight = new Preflight(path);
        preflight.tools();
        plan.services().forEach(preflight::program);
        preflight.ports(plan);
        if (!preflight.problems.isEmpty()) {
            throw new Fault(Sysexit.UNAVAILABLE, preflight.problems, "mend that and start again; nothing has been started");
        }
    }

    /// What pods are made with; all of it belongs to util-linux, which every distribution installs.
    private void tools() {
        for (String tool : List.of("unshare", "nsenter", "setpriv", "setsid", "mount")) {
            CommandLookup.problem(tool, java.nio.file.Path.of("/"), path).ifPresent(problem -> problems.add(problem + "; it belongs to util-linux"));
        }
    }

    private void program(FleetPlan.Service service) {
        CommandLookup.problem(service.command().getFirst(), service.folder(), path)
                .ifPresent(problem -> problems.add("service '" + service.name() + "': " + problem));
    }

    private void ports(FleetPlan plan) {
        Map<Integer, String> takenBy = new HashMap<>();
        for (FleetPlan.Service service : plan.services()) {
            for (int port : service.published()) {
                String other = takenBy.putIfAbsent(port, service.name());
                if (other != null) {
                    problems.add("service '" + service.name() + "': port " + port + " is already published by '" + other + "'");
                } else if (!isFree(port)) {
                    problems.add(
                            "service '" + service.name() + "': port " + port + " on 127.0.0.1 is in use; expected it to be free (see: ss -ltnp 'sport = :" + port + "')");
                }
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
