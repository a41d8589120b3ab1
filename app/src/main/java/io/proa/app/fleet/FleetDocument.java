package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.fleet.AddressBlocks;
import io.proa.control.fleet.AddressBook;
import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.CompiledFleet;
import io.proa.control.fleet.FleetAddresses;
import io.proa.control.fleet.FleetPod;
import io.proa.control.fleet.FleetService;
import io.proa.control.fleet.HostCheck;
import io.proa.control.fleet.IntentCompiler;
import io.proa.control.fleet.SharedLoopback;
import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Lifecycle;
import io.proa.control.intent.Located;
import io.proa.control.intent.Program;
import io.proa.control.intent.Publication;
import io.proa.model.ConfigProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// From a fleet's documents to what the launcher does with them. The control plane compiles the
/// same documents again by itself and, beginning with an empty address book as here, comes to the
/// same addresses, but for ports of a shared loopback, of which it takes free ones.
public final class FleetDocument {
    private final CompiledFleet fleet;
    private final FleetPlan plan;

    private FleetDocument(CompiledFleet fleet, FleetPlan plan) {
        this.fleet = fleet;
        this.plan = plan;
    }

    /// @throws Fault with everything that is wrong in the document
    public static FleetDocument read(Path document) {
        return read(List.of(document), Mode.TRANSPARENT);
    }

    /// @param documents files, or folders of `.yaml` files; a folder that is not the first may be
    ///   empty, or not there yet
    /// @param mode in which they are to be right
    /// @throws Fault with everything that is wrong in the documents
    public static FleetDocument read(List<Path> documents, Mode mode) {
        for (Path document : documents) {
            boolean first = document.equals(documents.getFirst());
            if (first || IntentSource.mustBeThere(document)) {
                checkReadable(document);
            }
        }
        FleetAddresses addresses =
                switch (mode) {
                    case TRANSPARENT -> AddressBlocks.DEFAULT;
                    case EXPLICIT -> SharedLoopback.ANYWHERE;
                };
        IntentCompiler compiler = new IntentCompiler(addresses, new AddressBook(), null);
        return switch (compiler.compile(documents)) {
            case Compilation.Compiled(CompiledFleet fleet) ->
                    new FleetDocument(fleet, plan(documents, fleet, mode));
            case Compilation.Rejected(List<ConfigProblem> problems) ->
                    throw fault(Sysexit.DATA, problems);
        };
    }

    private static void checkReadable(Path document) {
        if (!Files.exists(document)) {
            throw Fault.of(
                    Sysexit.NO_INPUT,
                    document + ": no such file; expected a fleet's document",
                    "check the path; relative ones begin at " + Path.of("").toAbsolutePath());
        }
        if (!Files.isReadable(document)) {
            throw Fault.of(
                    Sysexit.NO_INPUT,
                    document + ": not allowed to read it; expected a fleet's document",
                    "chmod +r it, or run as its owner");
        }
    }

    public FleetPlan plan() {
        return plan;
    }

    /// Whether this machine has what the documents name.
    ///
    /// @param path the value of `PATH`
    /// @throws Fault with every program and folder that is missing
    public void checkPrograms(String path) {
        List<ConfigProblem> problems = HostCheck.checkCommands(fleet, path);
        if (!problems.isEmpty()) {
            throw fault(Sysexit.UNAVAILABLE, problems);
        }
    }

    private static Fault fault(Sysexit exit, List<ConfigProblem> problems) {
        return new Fault(
                exit,
                problems.stream().map(ConfigProblem::toString).toList(),
                "mend that and start again; nothing has been started");
    }

    private static FleetPlan plan(List<Path> documents, CompiledFleet fleet, Mode mode) {
        List<FleetPlan.Service> services = new ArrayList<>();
        for (FleetService service : fleet.services()) {
            services.add(
                    new FleetPlan.Service(
                            service.name().name(),
                            service.command().value(),
                            service.folder().value(),
                            service.mesh().ports().stream()
                                    .map(port -> new Joining.Port(port.port(), port.targetPort()))
                                    .toList(),
                            service.environment(),
                            service.startAfter().stream().map(FleetDocument::startAfter).toList(),
                            service.published().stream().map(FleetDocument::published).toList(),
                            care(service),
                            service.heads(),
                            service.pods().stream().map(FleetDocument::pod).toList()));
        }
        return new FleetPlan(fleet.name(), documents, services, fleet.hosts(), mode);
    }

    private static FleetPlan.PodPlan pod(FleetPod pod) {
        return new FleetPlan.PodPlan(pod.name(), pod.address());
    }

    private static FleetPlan.StartAfter startAfter(FleetService.StartAfter after) {
        return new FleetPlan.StartAfter(after.service().name(), after.condition());
    }

    private static FleetPlan.PublishedPort published(Located<Publication> published) {
        Publication port = published.value();
        return new FleetPlan.PublishedPort(port.hostPort(), port.servicePort(), port.targetPort());
    }

    private static FleetPlan.Care care(FleetService service) {
        Lifecycle lifecycle = service.lifecycle();
        Located<Program.User> user = service.program().user();
        return new FleetPlan.Care(
                lifecycle.healthCheck(),
                lifecycle.restart(),
                user == null ? null : user.value(),
                lifecycle.drain());
    }
}
