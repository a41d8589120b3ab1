package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What can be known to fail before anything is started, apart from the documents themselves: tools
/// that pods are made with, published ports that are taken. All of it at once.
public final class Preflight {
    /// All of them belong to util-linux, coreutils or grep, which every distribution installs.
    private static List<String> tools(Mode mode) {
        return switch (mode) {
            case TRANSPARENT -> List.of("unshare", "nsenter", "setpriv", "setsid", "mount", "sh");
            case EXPLICIT -> List.of("setpriv", "setsid", "grep", "sh");
        };
    }

    private Preflight() {}

    /// @param path the value of `PATH`
    /// @throws Fault with every problem, when there is one
    public static void check(FleetPlan plan, String path) {
        List<String> problems = new ArrayList<>();
        for (String tool : tools(plan.mode())) {
            if (!isInPath(tool, path)) {
                problems.add(
                        "the program '"
                                + tool
                                + "' is in no folder of PATH ("
                                + path
                                + "), expected it there: pods are made with it; it belongs to util-linux");
            }
        }
        for (FleetPlan.Service service : plan.services()) {
            Program.User user = service.care().user();
            if (user != null) {
                userProblem(service.name(), user).ifPresent(problems::add);
            }
            for (FleetPlan.PublishedPort published : service.published()) {
                int port = published.hostPort();
                if (!isFree(port)) {
                    problems.add(
                            "service '"
                                    + service.name()
                                    + "': port "
                                    + port
                                    + " on 127.0.0.1 is in use, expected it to be free (who holds it: ss -ltnp 'sport = :"
                                    + port
                                    + "')");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new Fault(
                    Sysexit.UNAVAILABLE,
                    problems,
                    "mend that and start again; nothing has been started");
        }
    }

    private static Optional<String> userProblem(String service, Program.User user) {
        String seen = "service '" + service + "': saw user '" + user.name() + "'";
        if (!Account.mayChoose()) {
            return Optional.of(seen + "; expected none, since only root can become another user");
        }
        return Account.find(user).isPresent()
                ? Optional.empty()
                : Optional.of(seen + ", expected one that getent passwd knows");
    }

    private static boolean isInPath(String program, String path) {
        for (String folder : path.split(":", -1)) {
            if (Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
