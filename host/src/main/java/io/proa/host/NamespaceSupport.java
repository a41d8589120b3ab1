package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Whether this process may create namespaces, and if not, what to do about it.
public final class NamespaceSupport {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;

    private NamespaceSupport() {}

    /// Looks at what is known to forbid namespaces; an empty answer is no promise.
    ///
    /// @return one sentence with the setting in the way and how to mend it
    public static Optional<String> obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("Pods need Linux; this is " + System.getProperty("os.name") + ".");
        }
        for (String kind : new String[] {"net", "mnt", "pid"}) {
            String setting = "max_" + kind + "_namespaces";
            if (read("/proc/sys/user/" + setting).equals("0")) {
                return Optional.of(
                        "The setting user."
                                + setting
                                + " is 0: 'sysctl -w user."
                                + setting
                                + "=1024' (as root) allows namespaces.");
            }
        }
        long capabilities = capabilities();
        if ((capabilities & 1L << CAP_SYS_ADMIN) == 0) {
            return Optional.of(
                    "This process lacks CAP_SYS_ADMIN, which namespaces take: run it as root; in a"
                            + " container, start that with --privileged, or with"
                            + " --cap-add=SYS_ADMIN --cap-add=NET_ADMIN"
                            + " --security-opt seccomp=unconfined"
                            + " --security-opt apparmor=unconfined.");
        }
        if ((capabilities & 1L << CAP_NET_ADMIN) == 0) {
            return Optional.of(
                    "This process lacks CAP_NET_ADMIN: run it as root; in a container, start that"
                            + " with --cap-add=NET_ADMIN.");
        }
        return Optional.empty();
    }

    /// Whether the kernel speaks IPv6 at all.
    public static boolean hasIpv6() {
        return Files.exists(Path.of("/proc/sys/net/ipv6"));
    }

    private static long capabilities() {
        for (String line : read("/proc/self/status").lines().toList()) {
            if (line.startsWith("CapEff:")) {
                return Long.parseUnsignedLong(line.substring(7).strip(), 16);
            }
        }
        return -1; // unknown: let the attempt decide
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException _) {
            return "";
        }
    }
}
