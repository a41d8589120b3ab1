package io.proa.host.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Answers pods' questions for names by asking this machine's own name servers the same.
///
/// Question and answer pass untouched but for the id: each question travels by a socket of its own
/// under a random id, so that nobody can answer who has not seen it (RFC 5452). A name server that
/// stays silent or refuses is followed by the next; after the last one the pod is told SERVFAIL,
/// before its own patience (five seconds, resolv.conf(5)) ends. Bounded: [#MOST_IN_FLIGHT].
public final class NameForwarder implements AutoCloseable {
    static final int MOST_IN_FLIGHT = 256;

    private static final Duration PATIENCE = Duration.ofMillis(4500);
    private static final int LONGEST_QUESTION = 4096;
    // What is longer, though few ask for that much, is to be fetched by TCP.
    private static final int LONGEST_ANSWER = 8192;
    private static final int IDS = 1 << 16;
    private static final long PAUSE_MILLIS = 50;

    private final DatagramChannel channel;
    private final ResolvConf configuration;
    private final Duration patience;
    private final Semaphore places = new Semaphore(MOST_IN_FLIGHT);
    private final SecureRandom random = new SecureRandom();

    private NameForwarder(DatagramChannel channel, ResolvConf configuration, Duration patience) {
        this.channel = channel;
        this.configuration = configuration;
        this.patience = patience;
    }

    /// @param channel where pods ask; closed with the forwarder
    public static NameForwarder start(DatagramChannel channel, ResolvConf configuration) {
        return start(channel, configuration, PATIENCE);
    }

    /// @param patience for all name servers together
    static NameForwarder start(
            DatagramChannel channel, ResolvConf configuration, Duration patience) {
        NameForwarder forwarder = new NameForwarder(channel, configuration, patience);
        Thread.ofVirtual().name("names").start(forwarder::receive);
        return forwarder;
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST_QUESTION);
        while (channel.isOpen()) {
            try {
                SocketAddress client = channel.receive(buffer.clear());
                byte[] query = new byte[buffer.flip().remaining()];
                buffer.get(query);
                if (DnsMessage.isQuery(query)) {
                    accept(query, client);
                }
            } catch (IOException _) {
                pause(); // closed, or something that passes
            }
        }
    }

    private void accept(byte[] query, SocketAddress client) {
        if (!places.tryAcquire()) {
            send(DnsMessage.refusal(query, DnsMessage.SERVFAIL), client);
            return;
        }
        Thread.ofVirtual()
                .name("name")
                .start(() -> {
                    try {
                        send(resolve(query), client);
                    } finally {
                        places.release();
                    }
                });
    }

    private void send(byte[] answer, SocketAddress client) {
        try {
            channel.send(ByteBuffer.wrap(answer), client);
        } catch (IOException _) {
            // The client is gone, or asks again.
        }
    }

    private byte[] resolve(byte[] query) {
        List<InetSocketAddress> servers = configuration.nameservers();
        byte[] forwarded = DnsMessage.withId(query, random.nextInt(IDS));
        for (InetSocketAddress server : servers) {
            byte[] answer = ask(server, forwarded, patience.dividedBy(servers.size()));
            if (answer != null) {
                return DnsMessage.withId(answer, DnsMessage.id(query));
            }
        }
        return DnsMessage.refusal(query, DnsMessage.SERVFAIL);
    }

    private static byte @Nullable [] ask(InetSocketAddress server, byte[] query, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server); // hears refusals, and nobody else's answers
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket packet =
                    new DatagramPacket(new byte[LONGEST_ANSWER + 1], LONGEST_ANSWER + 1);
            long left;
            while ((left = (deadline - System.nanoTime()) / 1_000_000) > 0) {
                socket.setSoTimeout((int) left);
                packet.setLength(LONGEST_ANSWER + 1);
                socket.receive(packet);
                byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (DnsMessage.answers(answer, query)) {
                    return answer.length > LONGEST_ANSWER ? DnsMessage.truncated(query) : answer;
                }
            }
            return null;
        } catch (IOException | RuntimeException _) {
            return null; // silent, refused, or unreachable from here
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // there is nothing left to do for it
        }
    }
}
