package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever has little to say does not wait until everybody who moves much has had a turn.
@Timeout(60)
final class TurnsTest {
    private static final int CROWD = 40;
    private static final int TRIES = 21;

    /// More than the loop gives them before it looks at everybody else again.
    private static final long TURN_NANOS = 1_500_000;

    private final AtomicInteger turns = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Loop loop;
    private Thread thread;

    @BeforeEach
    void start() throws IOException {
        loop =
                new Loop(
                        1,
                        thrown -> {
                            throw new IllegalStateException(thrown);
                        });
        thread = Thread.ofPlatform().start(loop);
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        loop.stop();
        thread.join();
        for (AutoCloseable each : opened) {
            each.close();
        }
        assertThat(loop.slabs().lent()).isZero();
    }

    /// Reads all that a turn allows, and takes long for it.
    private final class Heavy implements LinkHandler {
        private Link link;

        @Override
        public void readable() {
            turns.incrementAndGet();
            long end = System.nanoTime() + TURN_NANOS;
            readAll(link, 1);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void writable() {}

        @Override
        public void broken(IOException cause) {}
    }

    /// Answers each byte by one.
    private static final class Light implements LinkHandler {
        private Link link;

        @Override
        public void readable() {
            if (readAll(link, 1) > 0) {
                try {
                    Slab answer = link.loop().slabs().take(1);
                    answer.tail = 1;
                    link.send(answer);
                } catch (IOException e) {
                    link.fail(e);
                }
            }
        }

        @Override
        public void writable() {}

        @Override
        public void broken(IOException cause) {}
    }

    private static int readAll(Link link, int times) {
        int all = 0;
        try {
            for (int i = 0; i < times; i++) {
                int n = link.fill();
                Slab slab = link.in;
                if (slab != null) {
                    slab.head = slab.tail;
                    link.settle();
                }
                if (n <= 0) {
                    break;
                }
                all += n;
            }
        } catch (IOException e) {
            link.fail(e);
        }
        return all;
    }

    /// @return the other end of a connection that the loop has
    private SocketChannel connect(LinkHandler handler) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(Sidecars.LOOPBACK_4, 0));
            SocketChannel client = SocketChannel.open(server.getLocalAddress());
            opened.add(client);
            SocketChannel accepted = server.accept();
            accepted.configureBlocking(false);
            CompletableFuture<PlainLink> made = new CompletableFuture<>();
            loop.execute(() -> make(accepted, handler, made));
            made.get();
            return client;
        }
    }

    private void make(
            SocketChannel channel, LinkHandler handler, CompletableFuture<PlainLink> made) {
        try {
            PlainLink link = new PlainLink(loop, channel, handler, SelectionKey.OP_READ);
            switch (handler) {
                case Heavy heavy -> heavy.link = link;
                case Light light -> light.link = link;
                default -> throw new IllegalArgumentException();
            }
            made.complete(link);
        } catch (IOException e) {
            made.completeExceptionally(e);
        }
    }

    /// Writes as long as the connection stands.
    private static void writeOn(SocketChannel channel) {
        ByteBuffer much = ByteBuffer.allocateDirect(256 * 1024);
        try {
            while (true) {
                channel.write(much.clear());
            }
        } catch (IOException _) {
            // The test is over.
        }
    }

    @Test
    void aByteIsAnsweredBeforeEveryBodyHasHadItsTurn() throws Exception {
        for (int i = 0; i < CROWD; i++) {
            SocketChannel client = connect(new Heavy());
            Thread.ofVirtual().start(() -> writeOn(client));
        }
        SocketChannel quiet = connect(new Light());
        assertThat(Planes.within(Duration.ofSeconds(20), () -> turns.get() > 3 * CROWD)).isTrue();
        int[] waited = new int[TRIES];
        for (int i = 0; i < TRIES; i++) {
            int before = turns.get();
            quiet.write(ByteBuffer.allocate(1));
            quiet.read(ByteBuffer.allocate(1));
            waited[i] = turns.get() - before;
        }
        Arrays.sort(waited);
        assertThat(waited[TRIES / 2]).as("turns of others, of %d", CROWD).isLessThan(CROWD / 4);
    }
}
