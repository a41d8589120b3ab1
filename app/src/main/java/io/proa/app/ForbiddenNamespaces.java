package io.proa.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// Why an ordinary user may not make namespaces here, as far as a program can read that, and what
/// allows it. There is a switch in each of: the kernel's limits, Debian's kernel, Ubuntu's
/// AppArmor, a container's seccomp filter and covered /proc, SELinux.
final class ForbiddenNamespaces {
    private static final String OR_ROOT = " allows it, or run as root";
    private static final String CONTAINER = "; in a container, start that with ";

    /// @param forbidding the value that forbids
    /// @param allowing one that does not
    private record Switch(String setting, String forbidding, String allowing) {
        String file() {
            return "/proc/sys/" + setting.replace('.', '/');
        }

        String remedy() {
            return "the setting %s is %s and forbids it; sudo sysctl -w %s=%s"
                            .formatted(setting, forbidding, setting, allowing)
                    + OR_ROOT;
        }
    }

    private static final List<Switch> SWITCHES =
            List.of(
                    new Switch("kernel.unprivileged_userns_clone", "0", "1"),
                    new Switch("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
                    new Switch("user.max_user_namespaces", "0", "10000"),
                    new Switch("user.max_net_namespaces", "0", "10000"),
                    new Switch("user.max_mnt_namespaces", "0", "10000"),
                    new Switch("user.max_pid_namespaces", "0", "10000"));

    private ForbiddenNamespaces() {}

    /// @param said what unshare(1) complained of when it was tried
    static String remedy(String said) {
        return remedy(said, ForbiddenNamespaces::read);
    }

    /// @param file gives a file's text, stripped; empty where it cannot be read
    static String remedy(String said, UnaryOperator<String> file) {
        for (Switch each : SWITCHES) {
            if (file.apply(each.file()).equals(each.forbidding())) {
                return each.remedy();
            }
        }
        if (said.contains("No space left on device")) { // user_namespaces(7), ENOSPC
            return "so many namespaces as user.max_user_namespaces ("
                    + file.apply("/proc/sys/user/max_user_namespaces")
                    + ") allows are there, or 32 of them one in the other; end some, or raise it";
        }
        if (said.contains("mount /proc")) {
            return "parts of /proc are covered here, as in containers, and then no other one may be"
                    + " mounted; run it as root"
                    + CONTAINER
                    + "--security-opt systempaths=unconfined";
        }
        if (said.contains("Invalid argument")) {
            return "this kernel is made without namespaces (CONFIG_USER_NS, CONFIG_NET_NS); run it"
                    + " on another one";
        }
        if (isFiltered(file.apply("/proc/self/status"))) {
            return "a seccomp filter forbids it; run it as root"
                    + CONTAINER
                    + "--security-opt seccomp=unconfined, or with --privileged";
        }
        if (file.apply("/sys/fs/selinux/enforce").equals("1")) {
            return "SELinux may forbid it (sudo ausearch -m avc -ts recent tells); run it as root";
        }
        return "run it as root" + CONTAINER + "--privileged";
    }

    /// proc_pid_status(5): 2 is a filter.
    private static boolean isFiltered(String status) {
        return status.lines().anyMatch(line -> line.matches("Seccomp:\\s*2"));
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException _) {
            return ""; // This kernel has no such setting, so it is not what forbids.
        }
    }
}
