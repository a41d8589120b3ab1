package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.Joining;
import io.proa.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Who a program is in its fleet: what `proa run` and `proa attach` are told alike.
final class JoinOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "how others call it (default: the program's file name)")
    private @Nullable String name;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "P[:TARGET]",
            description = "where it is reached, and where it listens if elsewhere; repeatable")
    private List<String> ports = new ArrayList<>();

    @Option(
            names = "--fleet",
            paramLabel = "NAME",
            description = "the fleet to join (default: local); started if need be")
    private String fleet = "local";

    @Option(names = "--access-log", paramLabel = "WHICH", description = AccessLogging.OPTION)
    private AccessLogging accessLog = AccessLogging.USUAL;

    AccessLogging accessLog() {
        return accessLog;
    }

    /// @param program its path or file name
    String name(String program) {
        return name == null ? CommandLookup.label(program) : name;
    }

    /// Whether it is to have this name and no similar one.
    boolean isNamed() {
        return name != null;
    }

    /// @throws Fault for what is no port
    List<Joining.Port> ports() {
        return PortsOption.ports(ports);
    }

    /// @throws Fault for what is no fleet's name
    String fleet() {
        return fleetName(fleet);
    }

    /// @param typed behind --fleet
    /// @throws Fault for what is no fleet's name
    static String fleetName(String typed) {
        if (!ServiceName.isLabel(typed)) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "option '--fleet': saw '" + typed + "', expected 1 to 63 of a-z 0-9 -",
                    "");
        }
        return typed;
    }
}
