package io.proa.host;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// The pods of a fleet in explicit mode: plain processes of this machine, without namespaces, links
/// or rules; so they work for every user on every Linux.
///
/// All of it is gone when it is closed or this process dies, even by SIGKILL. Safe for use by
/// several threads.
public final class LoopbackPods implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path script;
    private final Path hosts;
    private final Duration grace;
    private final Map<String, LoopbackPod> pods = new ConcurrentHashMap<>();

    private LoopbackPods(Path directory, Duration grace) {
        this.script = PodScript.LOOPBACK_POD.in(directory);
        this.hosts = directory.resolve("hosts");
        this.grace = grace;
    }

    /// @param runDirectory the fleet's run directory; made with mode 0700 where it is missing
    /// @param grace how long applications may take to end after SIGTERM, when this is closed or
    ///   this process dies; rounded to 50 ms
    public static LoopbackPods open(Path runDirectory, Duration grace) throws IOException {
        Path directory = runDirectory.toAbsolutePath();
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        LoopbackPods pods = new LoopbackPods(directory, grace);
        PodScript.LOOPBACK_POD.install(directory);
        PodScript.KEEP_SIDECAR.install(directory);
        pods.updateHosts(Map.of());
        return pods;
    }

    /// Makes a pod; its sidecar is started when this returns. Several may be made at the same time.
    public LoopbackPod addPod(LoopbackPod.Spec spec) throws IOException {
        LoopbackPod pod = LoopbackPod.start(spec, script, grace, PATIENCE);
        pods.put(spec.name(), pod);
        return pod;
    }

    /// Closes a pod and forgets it; its name may be used again.
    ///
    /// @param longest how long its applications may take to end
    public void removePod(LoopbackPod pod, Duration longest) {
        pods.remove(pod.name(), pod);
        pod.close(longest);
    }

    /// The names that sidecars are to know, as in hosts(5).
    public Path hosts() {
        return hosts;
    }

    /// Changes them, as a whole: a sidecar may read at any moment.
    public synchronized void updateHosts(Map<String, List<InetAddress>> names) throws IOException {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(names)
                .forEach((name, addresses) -> {
                    for (InetAddress address : addresses) {
                        text.append(address.getHostAddress()).append(' ').append(name).append('\n');
                    }
                });
        Path fresh = hosts.resolveSibling("hosts.new");
        Files.writeString(fresh, text);
        Files.move(fresh, hosts, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Closes all pods.
    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (LoopbackPod pod : pods.values()) {
            closing.add(Thread.startVirtualThread(pod::close));
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // each has its own deadline
            }
        }
    }
}
