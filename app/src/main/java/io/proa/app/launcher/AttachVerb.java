package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.SignalHook;
import io.proa.app.Sysexit;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import io.proa.host.Attachment;
import io.proa.host.NamespaceSupport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `proa attach`: a sidecar for a program that runs already, in its own network namespace.
@Command(
        name = "attach",
        header = {"Puts a sidecar beside a program that runs already (as root).", ""},
        description = {
            "",
            "The program is a container, or a unit with a network of its own. Connections",
            "that it opens from now on pass the sidecar; those that it has go on as they are,",
            "and whoever could reach it still can. Ctrl-C, or the program's end, takes",
            "sidecar, rules and link away again."
        },
        customSynopsis = "proa attach --pid PID [OPTION...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa attach --name web --port 80 \\",
            "      --pid $(docker inspect -f '{{.State.Pid}}' web)",
            "  proa attach --pid $(systemctl show -p MainPID --value shop) -d",
            "  proa down shop          takes away one that was attached with -d"
        })
public final class AttachVerb implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST_ARGUMENT = 200;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            required = true,
            description = "the program, or any other process in its network")
    private long pid;

    @Mixin private JoinOptions join = new JoinOptions();

    @Option(
            names = {"-d", "--detach"},
            description = "stays attached when this command has ended")
    private boolean detached;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() throws InterruptedException {
        NamespaceSupport.obstacle()
                .ifPresent(obstacle -> {
                    throw Fault.of(
                            Sysexit.NO_PERMISSION,
                            "joining another program's network takes root. " + obstacle,
                            "sudo proa attach --pid " + pid);
                });
        try {
            Attachment.check(pid);
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
        }
        Map<String, String> environment = System.getenv();
        Fleets fleets = Fleets.of(environment);
        fleets.tellOfTheDead(System.err);
        JoinRequest request = request();
        String fleet = join.fleet();
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        LocalFleet local = new LocalFleet(fleets, fleet, installation, environment, true);
        JsonNode place = local.join(request);
        String pod = place.path("pod").asString();
        tell(place, request, fleet);
        return detached ? Sysexit.OK.code() : stay(fleets.client(fleet), pod);
    }

    private JoinRequest request() {
        List<String> command = command();
        return new JoinRequest(
                new Joining(
                        join.name(command.getFirst()),
                        join.isNamed(),
                        command,
                        Path.of("/"),
                        join.ports(),
                        List.of(),
                        join.accessLog(),
                        detached ? pid : ProcessHandle.current().pid(),
                        pid),
                List.of(),
                Mode.TRANSPARENT);
    }

    /// Of the running program, for display; arguments are cut, since they are only looked at.
    private List<String> command() {
        try {
            String line =
                    Files.readString(
                            Path.of("/proc", Long.toString(pid), "cmdline"),
                            StandardCharsets.UTF_8);
            List<String> words = new ArrayList<>();
            for (String word : line.split("\0", -1)) {
                if (!word.isEmpty()) {
                    words.add(
                            word.length() > LONGEST_ARGUMENT
                                    ? word.substring(0, LONGEST_ARGUMENT)
                                    : word);
                }
            }
            return words.isEmpty() ? List.of("process-" + pid) : words;
        } catch (IOException _) {
            return List.of("process-" + pid);
        }
    }

    private void tell(JsonNode place, JoinRequest request, String fleet) {
        System.err.println("proa: " + RunHint.of(place, request));
        List<String> names = new ArrayList<>();
        place.path("names")
                .properties()
                .forEach(entry -> names.add(entry.getValue().asString() + " " + entry.getKey()));
        if (!names.isEmpty()) {
            System.err.println(
                    "proa: it resolves names as before; to call others by name, put these into its"
                            + " /etc/hosts:");
            names.forEach(line -> System.err.println("  " + line));
        }
        System.err.println(
                detached
                        ? "proa: attached; proa down "
                                + place.path("service").asString()
                                + (fleet.equals("local") ? "" : " --fleet " + fleet)
                                + " takes the sidecar away"
                        : "proa: attached; Ctrl-C takes the sidecar away");
    }

    /// Until the program ends, somebody else takes the sidecar away, or a signal comes.
    private static int stay(LauncherClient launcher, String pod) throws InterruptedException {
        SignalHook hook = SignalHook.set(() -> detach(launcher, pod));
        while (isThere(launcher, pod)) {
            Thread.sleep(LOOK);
        }
        if (hook.remove()) { // else it says what is to be said
            System.err.println("proa: " + pod + " has ended, and nothing of the sidecar is left");
        }
        return Sysexit.OK.code();
    }

    private static void detach(LauncherClient launcher, String pod) {
        try {
            launcher.post("/down?pod=" + pod, Map.of(), PATIENCE);
            System.err.println("proa: " + pod + " is detached");
        } catch (IOException | Fault _) {
            // Its launcher has gone, and with it all that there was.
        }
    }

    private static boolean isThere(LauncherClient launcher, String pod) {
        try {
            for (JsonNode each : launcher.get("/ps").path("pods")) {
                if (each.path("pod").asString().equals(pod)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | Fault _) {
            return false;
        }
    }
}
