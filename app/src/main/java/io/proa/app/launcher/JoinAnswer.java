package io.proa.app.launcher;

import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.RunningPod;
import io.proa.host.Attachment;
import io.proa.host.LoopbackPod;
import io.proa.host.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a program that joins is told: by which command it gets into its pod, or, where it runs
/// already, whom it can call.
final class JoinAnswer {
    /// There is nothing to get into.
    private static final List<String> PLAIN = List.of("sh", "-c", "exec \"$@\"", "proa-run");

    private JoinAnswer() {}

    static Map<String, Object> of(FleetRunner fleet, RunningPod pod, Joining joining) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("pod", pod.name());
        answer.put("service", pod.service());
        answer.put("sidecar_ready_ms", pod.readyMs());
        switch (fleet.home(pod.name())) {
            case Pod own -> answer.put("entrance", entrance(fleet, own, joining));
            case Attachment _ -> answer.put("names", names(fleet));
            case LoopbackPod plain -> {
                answer.put("entrance", PLAIN);
                answer.put("mark", plain.markOfGuest());
                answer.put("proxy", fleet.proxy(pod.name()));
            }
        }
        return answer;
    }

    private static List<String> entrance(FleetRunner fleet, Pod pod, Joining joining) {
        List<String> entrance = new ArrayList<>(List.of("sh"));
        entrance.add(fleet.runDirectory().resolve(Launcher.FOREGROUND).toString());
        // A shell's background job ignores both, and so would what it starts.
        entrance.addAll(List.of("env", "--default-signal=INT,QUIT"));
        entrance.addAll(
                pod.enter(
                        new Pod.Start(
                                List.of(),
                                Map.of(),
                                joining.folder(),
                                ProcessBuilder.Redirect.INHERIT,
                                ProcessBuilder.Redirect.INHERIT,
                                ProcessBuilder.Redirect.INHERIT)));
        return entrance;
    }

    /// For people who write them down: the short ones, by IPv4.
    private static Map<String, String> names(FleetRunner fleet) {
        Map<String, String> names = new TreeMap<>();
        fleet.names()
                .forEach((name, addresses) -> {
                    if (name.indexOf('.') < 0) {
                        names.put(name, addresses.getFirst().getHostAddress());
                    }
                });
        return names;
    }
}
