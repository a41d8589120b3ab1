package io.proa.control.fleet;

import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.HealthCheck.Probe;
import io.proa.control.intent.Located;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import io.proa.control.intent.Publication;
import io.proa.model.ConfigProblem;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether this machine can run a fleet: what the intent names must be there before anything is
/// started.
public final class HostCheck {
    private HostCheck() {}

    /// Folders and programs that are not there.
    ///
    /// @param searchPath value of PATH for services that set none of their own
    public static List<ConfigProblem> checkCommands(CompiledFleet fleet, String searchPath) {
        var problems = new Problems();
        for (FleetService service : fleet.services()) {
            Path folder = service.folder().value();
            if (!Files.isDirectory(folder)) {
                problems.add(
                        service.folder().place(),
                        "service '"
                                + service.name().name()
                                + "': cwd is "
                                + (Files.exists(folder) ? "no folder: " : "not there: ")
                                + folder
                                + ", expected a folder",
                        "cwd is relative to the file it stands in");
                continue;
            }
            Located<List<String>> command = service.command();
            String program = command.value().getFirst();
            String path = service.environment().getOrDefault("PATH", searchPath);
            check(
                    program,
                    folder,
                    path,
                    "service '" + service.name().name() + "'",
                    command.place(),
                    problems);
            checkProbe(service, path, problems);
        }
        return problems.all();
    }

    private static void checkProbe(FleetService service, String path, Problems problems) {
        HealthCheck healthCheck = service.lifecycle().healthCheck();
        if (healthCheck != null && healthCheck.probe() instanceof Probe.Command(List<String> run)) {
            check(
                    run.getFirst(),
                    service.folder().value(),
                    path,
                    "the healthCheck of service '" + service.name().name() + "'",
                    service.command().place(),
                    problems);
        }
    }

    /// Published ports that something else listens on.
    public static List<ConfigProblem> checkPublishedPorts(CompiledFleet fleet) {
        var problems = new Problems();
        for (FleetService service : fleet.services()) {
            for (Located<Publication> publication : service.published()) {
                checkPublished(service, publication, problems);
            }
        }
        return problems.all();
    }

    private static void checkPublished(
            FleetService service, Located<Publication> publication, Problems problems) {
        int port = publication.value().hostPort();
        try (var trial = new ServerSocket()) {
            trial.setReuseAddress(true);
            trial.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        } catch (IOException e) {
            problems.add(
                    publication.place(),
                    "service '"
                            + service.name().name()
                            + "' cannot be published on 127.0.0.1:"
                            + port
                            + ": "
                            + e.getMessage(),
                    "choose another publish: port, or stop what listens there (ss -ltnp 'sport = :"
                            + port
                            + "')");
        }
    }

    private static void check(
            String program,
            Path folder,
            String searchPath,
            String who,
            Place place,
            Problems problems) {
        Path file;
        try {
            file = folder.resolve(program).normalize();
        } catch (InvalidPathException e) {
            problems.add(
                    place,
                    who
                            + ": command not found: no file here can be called so ("
                            + e.getReason()
                            + ")",
                    "letters beyond ASCII take a locale of UTF-8, such as LC_ALL=C.UTF-8");
            return;
        }
        if (program.indexOf('/') >= 0) {
            if (Files.isDirectory(file)) {
                problems.add(
                        place, who + ": command is a folder: " + file + ", expected a program", "");
            } else if (!Files.isRegularFile(file)) {
                problems.add(
                        place,
                        who + ": command not found: " + file,
                        "a program with a / in its name is looked for in cwd");
            } else if (!Files.isExecutable(file)) {
                problems.add(
                        place,
                        who + ": command is not executable: " + file,
                        "chmod +x it, or run it by its interpreter");
            }
            return;
        }
        var folders = new ArrayList<Path>();
        for (String entry : List.of(searchPath.split(File.pathSeparator, -1))) {
            folders.add(folder.resolve(entry));
        }
        for (Path candidate : folders) {
            Path found = candidate.resolve(program);
            if (Files.isRegularFile(found) && Files.isExecutable(found)) {
                return;
            }
        }
        String hint = near(program, folders);
        problems.add(
                place,
                who + ": command not found: '" + program + "' is in no folder of PATH",
                hint == null ? "install it, or write its path" : hint);
    }

    private static @Nullable String near(String program, List<Path> folders) {
        var programs = new TreeSet<String>();
        for (Path folder : folders) {
            try (Stream<Path> entries = Files.list(folder)) {
                entries.forEach(entry -> programs.add(String.valueOf(entry.getFileName())));
            } catch (IOException _) {
                // a folder of PATH need not exist
            }
        }
        String suggestion = Problems.suggestion(program, programs);
        return suggestion.startsWith("did you mean") ? suggestion : null;
    }
}
