package io.proa.proving.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a meshed program must not be able to do to its own, real sidecar and to its fleet. The same
/// is shown to be there for those who may. What takes no sidecar is tested beside the pods.
@ParameterizedClass
@EnumSource(MeshedProgram.Kind.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class SidecarIsolationTest {
    private static final String PROCESSES = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '";

    // Set before every test.
    @Parameter private MeshedProgram.Kind kind = MeshedProgram.Kind.ROOT;
    private @Nullable MeshedProgram program;

    @BeforeParameterizedClassInvocation
    void starts(MeshedProgram.Kind which) throws IOException {
        program = new MeshedProgram(which);
    }

    @AfterParameterizedClassInvocation
    void ends() throws IOException {
        if (program != null) {
            program.close();
        }
    }

    @Test
    void itIsTheUserWhoStartedIt() throws IOException {
        String user = kind == MeshedProgram.Kind.ROOT ? "0\n" : "1000\n";
        assertThat(there().says("id -u; id -g")).isEqualTo(user + user);
    }

    @Test
    void itDoesNotSeeTheSidecar() throws IOException {
        assertThat(there().says(PROCESSES)).contains("proa-app").doesNotContain("SidecarMain");
        assertThat(there().showsToThePowerful(PROCESSES)).contains("SidecarMain");
    }

    @Test
    void itCannotReadTheSidecarsMemoryEnvironmentOrDescriptors() throws IOException {
        long sidecar = there().sidecar();
        String inPod = there().showsToThePowerful("grep -lz SidecarMain /proc/[0-9]*/cmdline");
        assertThat(inPod).contains("/proc/");
        for (String process : (inPod + "/proc/" + sidecar + "/x").lines().toList()) {
            String place = process.substring(0, process.lastIndexOf('/'));
            for (String file : List.of("mem", "environ", "maps", "fd/0")) {
                assertThat(there().says("(: <" + place + "/" + file + ") 2>&1"))
                        .as(place + "/" + file)
                        .contains("cannot open");
            }
        }
    }

    @Test
    void itCannotEndTheSidecar() throws IOException {
        long before = there().sidecar();
        there().says("kill -9 " + before + " 2>&1; kill -TERM " + before + " 2>&1");
        assertThat(there().sidecar()).isEqualTo(before);
    }

    @Test
    void itCannotReadTheIdentity() throws IOException {
        Path state = there().pod().resolve("state");
        List<Path> files;
        try (Stream<Path> all = Files.walk(state)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).as("what the sidecar keeps").isNotEmpty();
        for (Path file : files) {
            assertThat(there().says("cat " + file)).contains("No such file");
            assertThat(there().says("cat /proc/[0-9]*/root" + file)).contains("No such file");
        }
        assertThat(there().says("ls -A " + there().run().getParent()))
                .as("the folder of all fleets of this user")
                .isEmpty();
    }

    @Test
    void itFindsNoSocketOfSidecarControlPlaneOrLauncher() throws IOException {
        for (Path socket :
                List.of(
                        there().pod().resolve("admin.sock"),
                        there().run().resolve("control.sock"),
                        there().run().resolve("launcher.sock"))) {
            assertThat(Files.exists(socket)).as(socket.toString()).isTrue();
            assertThat(there().says("[ -e " + socket + " ] || echo none")).isEqualTo("none\n");
        }
    }

    @Test
    void theAdminInterfaceOnLoopbackTakesNoOrders() throws IOException {
        assumeTrue(Files.exists(Path.of("/bin/bash")), "a request from a shell takes bash");
        String request =
                "POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n";
        String escaped = request.replace("\r", "\\r").replace("\n", "\\n");
        String post =
                "bash -c 'exec 3<>/dev/tcp/127.0.0.1/15000; printf \""
                        + escaped
                        + "\" >&3; head -1 <&3'";
        assertThat(there().says(post)).startsWith("HTTP/1.1 405");
        try (SocketChannel admin =
                SocketChannel.open(
                        UnixDomainSocketAddress.of(there().pod().resolve("admin.sock")))) {
            admin.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1000);
            admin.read(answer);
            assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 2");
        }
    }

    private MeshedProgram there() {
        return Objects.requireNonNull(program);
    }
}
