package io.proa.control.fleet;

import io.proa.control.intent.HeadRules;
import io.proa.control.intent.Lifecycle;
import io.proa.control.intent.Located;
import io.proa.control.intent.Program;
import io.proa.control.intent.Publication;
import io.proa.control.intent.StartCondition;
import io.proa.model.MeshService;
import io.proa.model.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One service of a fleet: what to run, and what the mesh knows of it.
///
/// @param startAfter those that must be so far first
/// @param published ports of the machine's own loopback that lead to the service
public record FleetService(
        MeshService mesh,
        Program program,
        List<StartAfter> startAfter,
        List<Located<Publication>> published,
        Lifecycle lifecycle,
        HeadRules heads,
        List<FleetPod> pods) {
    /// Another service, and what must be true of it.
    public record StartAfter(ServiceName service, StartCondition condition) {}

    public FleetService {
        startAfter = List.copyOf(startAfter);
        published = List.copyOf(published);
        pods = List.copyOf(pods);
    }

    public ServiceName name() {
        return mesh.name();
    }

    /// Program and arguments, never empty.
    public Located<List<String>> command() {
        return program.command();
    }

    /// Where to run it, absolute.
    public Located<Path> folder() {
        return program.folder();
    }

    /// Added to what the launcher gives to every application.
    public Map<String, String> environment() {
        return program.environment();
    }
}
