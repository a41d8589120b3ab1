package io.proa.host;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the pods of a fleet resolve: a file for each of them, all with the same names beside the
/// pod's own. Safe for use by several threads.
final class FleetNames {
    private final Path pods;
    private final boolean ipv6;
    private final Map<String, List<InetAddress>> always;
    private final Map<String, NameFiles> files = new HashMap<>();
    private @Nullable Map<String, List<InetAddress>> latest;

    /// @param pods where each pod has a folder
    /// @param always names that every pod has, unless others are given for them
    FleetNames(Path pods, boolean ipv6, Map<String, List<InetAddress>> always) {
        this.pods = pods;
        this.ipv6 = ipv6;
        this.always = always;
    }

    /// Writes a pod's files.
    ///
    /// @param resolvConf null = it has none of ours
    NameFiles add(PodSpec spec, @Nullable String resolvConf) throws IOException {
        Path directory = pods.resolve(spec.name());
        Files.createDirectories(directory);
        NameFiles made = new NameFiles(directory, spec, ipv6);
        if (resolvConf != null) {
            made.writeResolvConf(resolvConf);
        }
        synchronized (this) {
            made.writeHosts(with(latest == null ? spec.hosts() : latest));
            files.put(spec.name(), made);
        }
        return made;
    }

    /// Gives all pods these names, and those that will be added, whatever their specification says.
    synchronized void update(Map<String, List<InetAddress>> all) throws IOException {
        latest = Map.copyOf(all);
        for (NameFiles each : files.values()) {
            each.writeHosts(with(all));
        }
    }

    private Map<String, List<InetAddress>> with(Map<String, List<InetAddress>> names) {
        Map<String, List<InetAddress>> all = new HashMap<>(always);
        all.putAll(names);
        return all;
    }

    /// The pod is no more.
    synchronized void forget(String pod) throws IOException {
        NameFiles its = files.remove(pod);
        if (its != null) {
            its.delete();
        }
    }
}
