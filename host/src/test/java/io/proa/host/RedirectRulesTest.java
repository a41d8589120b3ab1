package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each test has a network namespace of its own, and `nft`, where it is installed, as witness.
final class RedirectRulesTest {
    private static final String OPTIONS =
            "--uid 1337 --exclude-outbound-ports 22,5432"
                    + " --exclude-outbound-cidrs 10.0.0.0/8,10.1.2.3,172.16.0.0/12,fd00::/7,::1,0.0.0.0/0"
                    + " --exclude-inbound-ports 9000 --inbound-interface proa0";

    @TempDir Path directory;

    @BeforeAll
    static void needsNamespaces() {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
    }

    @Test
    void appliesReplacesAndRemoves() throws Exception {
        String probe = probe();
        assertThat(
                        inNamespace(
                                probe + " apply",
                                probe + " apply " + OPTIONS,
                                probe + " remove",
                                probe + " remove"))
                .isEqualTo("proa redirect: there were no rules to remove\n");
    }

    @Test
    void nftListsTheSameAsFromThePrintedText() throws Exception {
        assumeTrue(hasNft(), "nft is not installed");
        String probe = probe();
        assertThat(
                        inNamespace(
                                probe + " apply " + OPTIONS,
                                "nft list ruleset > by-netlink",
                                probe + " remove",
                                "nft list ruleset",
                                probe + " print " + OPTIONS + " > printed",
                                "nft -f printed",
                                "nft list ruleset > by-nft"))
                .isEmpty();
        assertThat(directory.resolve("by-netlink"))
                .isNotEmptyFile()
                .hasSameTextualContentAs(directory.resolve("by-nft"));
    }

    @Test
    void worksInAnUnprivilegedUserNamespace() throws Exception {
        String user = "unshare --user --map-root-user --net ";
        Process allowed =
                new ProcessBuilder("unshare", "--user", "--map-root-user", "--net", "true").start();
        assumeTrue(allowed.waitFor() == 0, "user namespaces are forbidden here");
        assertThat(inNamespace(user + probe() + " apply " + OPTIONS)).isEmpty();
    }

    @Test
    void saysWhoMayApply() throws Exception {
        assertThat(
                        inNamespace(
                                "setpriv --bounding-set=-net_admin "
                                        + probe()
                                        + " apply || echo $?"))
                .contains("operation not permitted")
                .contains("CAP_NET_ADMIN")
                .endsWith("77\n");
    }

    private static String probe() {
        return String.join(" ", ProbeMain.command("redirect"));
    }

    private static boolean hasNft() {
        return Files.isExecutable(Path.of("/usr/sbin/nft"))
                || Files.isExecutable(Path.of("/sbin/nft"));
    }

    /// Fails at the first failing line.
    private String inNamespace(String... lines) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "sh", "-e", "-c"));
        command.add("PATH=$PATH:/usr/sbin:/sbin\n" + String.join("\n", lines));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
