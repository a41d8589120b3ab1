package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.sidecar.SidecarMain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The sidecar's program in explicit mode, from its flags to its end.
@Timeout(60)
final class SidecarProcessTest {
    private static final String SNAPSHOT =
            """
            {"self": {"pod": "web-1", "identity": "spiffe://test.proa/ns/default/sa/web",
                      "addresses": ["127.0.0.1"],
                      "ports": [{"service": "web", "port": 80, "targetPort": PORT, "protocol": "http"}]},
             "services": [{"name": "orders", "virtualAddresses": ["240.0.0.1"],
                           "ports": [{"port": 80, "targetPort": 80, "protocol": "http"}],
                           "endpoints": [{"pod": "orders-1", "addresses": ["127.0.0.1"],
                                          "meshPort": PORT, "plaintext": true}]}]}
            """;

    @TempDir private Path folder;
    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void start(ScriptedServer application, String... more) throws Exception {
        Path snapshot = folder.resolve("mesh.json");
        Files.writeString(snapshot, SNAPSHOT.replace("PORT", Integer.toString(application.port())));
        Files.writeString(folder.resolve("hosts"), "# names\n240.0.0.1 shop shop.test\n");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SidecarMain.class.getName(),
                                "--explicit",
                                "--snapshot",
                                snapshot.toString(),
                                "--outbound",
                                "127.0.0.1:0",
                                "--mesh",
                                "off",
                                "--admin",
                                "127.0.0.1:0",
                                "--metrics",
                                "off",
                                "--health",
                                "off",
                                "--admin-socket",
                                socket().toString(),
                                "--hosts",
                                folder.resolve("hosts").toString()));
        command.addAll(List.of(more));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        assertThat(
                        Planes.within(
                                Duration.ofSeconds(30),
                                () -> admin("GET /ready").contains("200 OK")))
                .as(Files.readString(folder.resolve("log")))
                .isTrue();
    }

    private Path socket() {
        return folder.resolve("admin.sock");
    }

    /// The whole answer; empty while there is nobody to give one.
    private String admin(String what) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            channel.write(
                    StandardCharsets.US_ASCII.encode(
                            what + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            ByteBuffer got = ByteBuffer.allocate(64 * 1024);
            while (channel.read(got) >= 0) {
                // Until its end.
            }
            return StandardCharsets.US_ASCII.decode(got.flip()).toString();
        } catch (IOException _) {
            return "";
        }
    }

    private Wire proxy() throws IOException {
        String listeners = admin("GET /listeners");
        Matcher found = Pattern.compile("\"proxy\":\"127.0.0.1:(\\d+)\"").matcher(listeners);
        assertThat(found.find()).as(listeners).isTrue();
        assertThat(listeners).contains("\"admin\":\"127.0.0.1:").doesNotContain(":0\"");
        return Wire.to(
                new InetSocketAddress(Sidecars.LOOPBACK_4, Integer.parseInt(found.group(1))));
    }

    @Test
    void servesNamesOfServicesOfTheHostsFileAndOfTheMachine() throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            start(application);
            try (Wire wire = proxy()) {
                for (String name :
                        List.of("orders", "shop", "SHOP.test", "localhost:" + application.port())) {
                    wire.send(
                            "GET http://%1$s/bytes/3 HTTP/1.1\r\nHost: %1$s\r\n\r\n"
                                    .formatted(name));
                    assertThat(wire.response().body()).as(name).isEqualTo(Wire.bytes(3));
                }
            }
            process.destroy();
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void servesTheApplicationUntilItIsSaidToBeGone() throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            start(application, "--drain", "20s");
            try (Wire wire = proxy()) {
                String request = "GET http://orders/bytes/3 HTTP/1.1\r\nHost: orders\r\n\r\n";
                wire.send(request);
                assertThat(wire.response().status()).isEqualTo(200);
                process.destroy();
                Thread.sleep(300);
                assertThat(admin("GET /ready")).contains("503", "drained");
                wire.send(request);
                assertThat(wire.response().body()).isEqualTo(Wire.bytes(3));
                assertThat(process.isAlive()).isTrue();
                assertThat(admin("POST /app-gone")).contains("200 OK");
                assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void explainsWhatBecomesOfADestination() throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            start(application);
            assertThat(admin("GET /explain?destination=orders"))
                    .contains("200 OK", "\"service\":\"orders.", "\"endpoints\":[{");
            assertThat(admin("GET /explain?destination=orders%3A1")).contains("has no port 1");
            assertThat(admin("GET /explain?destination=nobody")).contains("\"unknown\"");
            assertThat(admin("GET /explain?destination=%zz")).contains("400 ");
            assertThat(admin("GET /explain")).contains("400 ");
            assertThat(admin("GET /destinations")).contains("200 OK", "\"service\":\"orders.");
        }
    }

    @Test
    void endsAtOnceWhereItIsTold() throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            start(application, "--drain", "20s");
            admin("POST /quitquitquit");
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
    }
}
