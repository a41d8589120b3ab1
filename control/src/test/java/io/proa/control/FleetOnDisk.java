package io.proa.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests of a control plane begin with: the files of a small fleet, and clocks to be set.
class FleetOnDisk {
    static final String FLEET =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: demo}
            spec:
              trustDomain: demo.proa
              services:
              - {name: orders, command: [sleep, "9"], port: 80, replicas: 2}
              - {name: front, command: [sleep, "9"], port: 80, startAfter: [orders]}
            """;

    @TempDir Path folder;
    final JumpingClock clock = new JumpingClock();
    final JumpingClock steady = new JumpingClock();
    final List<String> log = new CopyOnWriteArrayList<>();
    Path intent = Path.of("");
    Path socket = Path.of("");

    @BeforeEach
    void writeIntent() throws IOException {
        intent = Files.writeString(folder.resolve("fleet.yaml"), FLEET);
        socket = folder.resolve("control.sock");
    }

    ControlSettings settings() {
        return ControlSettings.of(List.of(intent), socket, folder.resolve("state"));
    }

    ControlPlane start() throws ControlPlane.StartFailure {
        return ControlPlane.start(settings(), clock, steady, log::add);
    }

    Sidecar sidecar(String pod, @Nullable String token) {
        return new Sidecar(socket, pod, token, folder.resolve(pod), clock);
    }

    static String ordersAddress(ControlPlane plane) {
        var current = Objects.requireNonNull(plane.fleet().current());
        return current.fleet()
                        .services()
                        .getFirst()
                        .mesh()
                        .virtualAddresses()
                        .getFirst()
                        .getHostAddress()
                + ":80";
    }
}
