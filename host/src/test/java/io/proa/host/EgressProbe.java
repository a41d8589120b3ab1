package io.proa.host;

import io.proa.host.egress.ResolvConf;
import io.proa.model.IpPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A launcher with one pod that ends with its input: `KIND RUN-DIRECTORY RESOLV-CONF DNS-PORT
/// HOST-SERVICE...`. Says its own process, the hub's and the pod's.
final class EgressProbe {
    private EgressProbe() {}

    public static void main(String[] args) throws Exception {
        Set<Integer> services = new TreeSet<>();
        for (int i = 4; i < args.length; i++) {
            services.add(Integer.valueOf(args[i]));
        }
        FleetNetwork.Settings settings =
                FleetNetwork.Settings.of(Path.of(args[1]))
                        .withEgress(EgressKind.valueOf(args[0]))
                        .withHostServices(services);
        ResolvConf names = new ResolvConf(Path.of(args[2]), Integer.parseInt(args[3]));
        try (FleetNetwork network = FleetNetwork.open(settings, names, EgressProbe::tell)) {
            Pod pod =
                    network.addPod(
                            new PodSpec(
                                    "pod",
                                    IpPort.literal("10.87.0.9"),
                                    IpPort.literal("fd50:a0a::9"),
                                    Map.of(),
                                    PodSpec.Sidecar.NONE,
                                    null));
            System.out.println(
                    ProcessHandle.current().pid() + " " + network.hubPid() + " " + pod.initPid());
            System.in.readAllBytes();
        }
    }

    private static void tell(String sentence) {
        System.err.println(sentence);
    }

    /// The command that runs this class; `classPath` is readable by whoever runs it.
    static List<String> command(String classPath) {
        List<String> command = new ArrayList<>(ProbeMain.command());
        int at = command.indexOf("-cp");
        command.set(at + 1, classPath);
        command.set(at + 2, EgressProbe.class.getName());
        return command;
    }
}
