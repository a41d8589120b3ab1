package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Much at a time leaves a pod by the relay, and the launcher stays small.
@ParameterizedClass(name = "ordinaryUser = {0}")
@ValueSource(booleans = {false, true})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class RelayedLoadTest {
    private static final long GIB = 1L << 30;

    @Parameter boolean ordinaryUser;

    @TempDir static Path all = Path.of("");

    private @Nullable EgressStage stage;
    private @Nullable InetAddress outside;

    @BeforeParameterizedClassInvocation
    void startsALauncher() throws Exception {
        stage = EgressStage.relay(all, ordinaryUser);
        outside = OutsideServer.address(false).orElseThrow();
    }

    @AfterParameterizedClassInvocation
    void closes() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void aHundredInParallelGetWhatIsTheirs() throws Exception {
        try (OutsideServer server =
                new OutsideServer(
                        there(outside), c -> c.getInputStream().transferTo(c.getOutputStream()))) {
            assertThat(
                            there(stage)
                                    .python(
                                            """
                                            import hashlib, random, socket, sys, threading
                                            good = []
                                            def one(number):
                                                data = random.Random(number).randbytes(300000)
                                                s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
                                                def send():
                                                    s.sendall(data)
                                                    s.shutdown(socket.SHUT_WR)
                                                sender = threading.Thread(target=send)
                                                sender.start()
                                                got = b''
                                                while True:
                                                    piece = s.recv(100000)
                                                    if not piece:
                                                        break
                                                    got += piece
                                                sender.join()
                                                if got == data:
                                                    good.append(number)
                                            threads = [threading.Thread(target=one, args=(i,)) for i in range(100)]
                                            for t in threads: t.start()
                                            for t in threads: t.join()
                                            print(len(good))
                                            """,
                                            Cidr.literal(there(outside)),
                                            server.port()))
                    .isEqualTo("100");
        }
    }

    @Test
    void aGibibyteArrivesWhole() throws Exception {
        byte[] block = new byte[1 << 16];
        new Random(1).nextBytes(block);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (long sent = 0; sent < GIB; sent += block.length) {
            digest.update(block);
        }
        try (OutsideServer server =
                new OutsideServer(
                        there(outside),
                        c -> {
                            c.getInputStream().read(new byte[10_000]); // the request
                            OutputStream out = c.getOutputStream();
                            for (long sent = 0; sent < GIB; sent += block.length) {
                                out.write(block);
                            }
                        })) {
            long before = there(stage).resident();
            assertThat(
                            there(stage)
                                    .run(
                                            "sh",
                                            "-c",
                                            "curl -sS --http0.9 http://"
                                                    + Cidr.literal(there(outside))
                                                    + ":"
                                                    + server.port()
                                                    + " | sha256sum"))
                    .startsWith(HexFormat.of().formatHex(digest.digest()));
            assertThat(there(stage).resident() - before).as("kilobytes").isLessThan(40_000);
        }
    }

    @Test
    void slowReadersHoldTheirWritersBackAndLittleMemory() throws Exception {
        AtomicLong written = new AtomicLong();
        int readers = 100;
        try (OutsideServer server =
                new OutsideServer(
                        there(outside),
                        c -> {
                            c.setSendBufferSize(64 * 1024);
                            byte[] block = new byte[64 * 1024];
                            while (true) {
                                c.getOutputStream().write(block);
                                written.addAndGet(block.length);
                            }
                        })) {
            long before = there(stage).resident();
            Process slow =
                    there(stage)
                            .start(
                                    "python3",
                                    "-c",
                                    """
                                    import socket, sys, time
                                    s = []
                                    for i in range(%d):
                                        c = socket.socket()
                                        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
                                        c.connect((sys.argv[1], int(sys.argv[2])))
                                        s.append(c)
                                    print('all', flush=True)
                                    time.sleep(60)
                                    """
                                            .formatted(readers),
                                    Cidr.literal(there(outside)),
                                    Integer.toString(server.port()));
            assertThat(slow.inputReader().readLine()).isEqualTo("all");
            long last;
            do {
                last = written.get();
                Thread.sleep(300);
            } while (written.get() > last);
            long kilobytes = there(stage).resident() - before;
            slow.destroyForcibly().waitFor();
            // What the kernel keeps for two connections each; the launcher itself one buffer.
            assertThat(last / readers).isLessThan(12 << 20);
            assertThat(kilobytes).as("kilobytes").isLessThan(readers * 64 + 20_000);
        }
    }

    private static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }
}
