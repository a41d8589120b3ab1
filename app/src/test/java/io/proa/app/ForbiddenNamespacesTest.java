package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ForbiddenNamespacesTest {
    private static final String NOT_PERMITTED = "unshare: unshare failed: Operation not permitted";

    private static String remedy(String said, Map<String, String> files) {
        return ForbiddenNamespaces.remedy(said, file -> files.getOrDefault(file, ""));
    }

    @Test
    void namesTheSettingThatForbidsAndTheCommandThatAllows() {
        assertThat(remedy(NOT_PERMITTED, Map.of("/proc/sys/kernel/unprivileged_userns_clone", "0")))
                .isEqualTo(
                        "the setting kernel.unprivileged_userns_clone is 0 and forbids it; sudo"
                                + " sysctl -w kernel.unprivileged_userns_clone=1 allows it, or run"
                                + " as root");
        assertThat(
                        remedy(
                                "unshare: write failed /proc/self/uid_map: Operation not permitted",
                                Map.of(
                                        "/proc/sys/kernel/unprivileged_userns_clone",
                                        "1",
                                        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
                                        "1")))
                .contains("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
        for (String kind : new String[] {"user", "net", "mnt", "pid"}) {
            String setting = "max_" + kind + "_namespaces";
            assertThat(
                            remedy(
                                    "unshare: unshare failed: No space left on device",
                                    Map.of("/proc/sys/user/" + setting, "0")))
                    .contains("user." + setting + " is 0 and forbids it");
        }
    }

    @Test
    void tellsAReachedLimitFromAForbiddingOne() {
        assertThat(
                        remedy(
                                "unshare: unshare failed: No space left on device",
                                Map.of("/proc/sys/user/max_user_namespaces", "12")))
                .contains("as user.max_user_namespaces (12) allows");
    }

    @Test
    void knowsWhatContainersForbid() {
        assertThat(remedy(NOT_PERMITTED, Map.of("/proc/self/status", "Name:\tx\nSeccomp:\t2\n")))
                .contains("seccomp=unconfined");
        assertThat(remedy("unshare: mount /proc failed: Operation not permitted", Map.of()))
                .contains("systempaths=unconfined");
    }

    @Test
    void saysWhatElseItMayBe() {
        assertThat(remedy(NOT_PERMITTED, Map.of("/sys/fs/selinux/enforce", "1")))
                .contains("SELinux");
        assertThat(remedy("unshare: unshare failed: Invalid argument", Map.of()))
                .contains("CONFIG_USER_NS");
        assertThat(remedy(NOT_PERMITTED, Map.of("/proc/self/status", "Seccomp:\t0\n")))
                .isEqualTo("run it as root; in a container, start that with --privileged");
    }
}
