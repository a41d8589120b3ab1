package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.MalformedProxyHeader;
import io.proa.formats.ProxyHeader;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.IpPort;
import io.proa.model.SentSource;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who comes through a load balancer says from where, and an application can be told.
@Timeout(20)
final class ProxyProtocolTest {
    private static final String LINE = "PROXY TCP4 192.0.2.7 198.51.100.2 4711 443\r\n";
    private static final String GET = "GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir private Path folder;
    private final Sidecars sidecars = new Sidecars();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        try (sidecars) {
            sidecars.assertCalm();
        }
    }

    /// A published port of an application.
    private SocketChannel published(
            ScriptedServer application, AppProtocol protocol, boolean accept, SentSource send)
            throws IOException {
        Path socket = folder.resolve("publish.sock");
        sidecars.published(
                socket,
                new ApplicationPort(
                        Planes.ORDERS, 80, application.port(), protocol, false, accept, send));
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private static void send(SocketChannel channel, byte[] bytes) throws IOException {
        channel.write(ByteBuffer.wrap(bytes));
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        send(channel, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// All that comes until `end` does, or the connection is over.
    private static String until(SocketChannel channel, String end) throws IOException {
        ByteBuffer got = ByteBuffer.allocate(4096);
        String text = "";
        while (!text.endsWith(end)) {
            try {
                if (channel.read(got) < 0) {
                    return text;
                }
            } catch (IOException e) {
                return text + "!" + e.getMessage();
            }
            text = StandardCharsets.ISO_8859_1.decode(got.duplicate().flip()).toString();
        }
        return text;
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"HTTP", "DETECT"})
    void whereARequestComesFromIsInItsRecord(AppProtocol protocol) throws Exception {
        try (ScriptedServer application = ScriptedServer.answering();
                SocketChannel client = published(application, protocol, true, SentSource.NONE)) {
            send(client, LINE + GET);
            assertThat(
                            until(
                                    client,
                                    "\r\n\r\n"
                                            + new String(
                                                    Wire.bytes(5), StandardCharsets.ISO_8859_1)))
                    .startsWith("HTTP/1.1 200 ");
            ExchangeRecord record = sidecars.last(1);
            assertThat(record.remote).isEqualTo(IpPort.parse("192.0.2.7:4711"));
            assertThat(record.path).isEqualTo("/bytes/5");
        }
    }

    /// In pieces, and before a server that speaks first.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aHeaderMayComeInPieces(int version) throws Exception {
        InetSocketAddress source = new InetSocketAddress("2001:db8::7", 4711);
        InetSocketAddress destination = new InetSocketAddress("2001:db8::1", 25);
        byte[] header =
                version == 1
                        ? ProxyHeader.version1(source, destination)
                        : ProxyHeader.version2(source, destination);
        try (ScriptedServer application =
                        ScriptedServer.playing((wire, number) -> {
                            wire.send("220 hello\r\n");
                            wire.send(wire.exactly(4));
                        });
                SocketChannel client =
                        published(application, AppProtocol.DETECT, true, SentSource.NONE)) {
            for (byte b : header) {
                send(client, new byte[] {b});
                Thread.sleep(1);
            }
            assertThat(until(client, "\r\n")).isEqualTo("220 hello\r\n");
            send(client, "QUIT");
            assertThat(until(client, "QUIT")).isEqualTo("QUIT");
            client.shutdownOutput();
            assertThat(sidecars.last(1).remote).isEqualTo(IpPort.of(source));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "PROXY TCP4 192.0.2.7 198.51.100.2 4711 99999\r\n" + GET,
                "PROXY TCP4 192.0.2.7\r\n",
                "\r\n\r\n\0\r\nQUIT\n!!!!"
            })
    void whoDoesNotSayItIsRefused(String first) throws Exception {
        try (ScriptedServer application = ScriptedServer.answering();
                SocketChannel client =
                        published(application, AppProtocol.DETECT, true, SentSource.NONE)) {
            send(client, first);
            assertThat(until(client, "never")).doesNotContain("HTTP");
            ExchangeRecord record = sidecars.last(1);
            assertThat(record.reason).isEqualTo(Reason.PROXY_HEADER);
            assertThat(record.detail).contains("PROXY");
            assertThat(sidecars.refused).containsExactly("proxy_header:");
            assertThat(application.connections).hasValue(0);
        }
    }

    @Test
    void whoEndsWithinItIsRefused() throws Exception {
        try (ScriptedServer application = ScriptedServer.answering();
                SocketChannel client =
                        published(application, AppProtocol.TCP, true, SentSource.NONE)) {
            send(client, "PROXY TCP4 192");
            client.shutdownOutput();
            until(client, "never");
            assertThat(sidecars.last(1).reason).isEqualTo(Reason.PROXY_HEADER);
            assertThat(application.connections).hasValue(0);
        }
    }

    /// The application reads the header before it says a word.
    @ParameterizedTest
    @EnumSource(
            value = SentSource.class,
            names = {"V1", "V2"})
    void theApplicationIsToldWhatTheClientSaid(SentSource version) throws Exception {
        CompletableFuture<ProxyHeader> told = new CompletableFuture<>();
        try (ScriptedServer application =
                        ScriptedServer.playing((wire, number) -> {
                            ProxyHeader header = null;
                            for (byte[] all = {}; header == null; ) {
                                all = Arrays.copyOf(all, all.length + 1);
                                all[all.length - 1] = wire.exactly(1)[0];
                                try {
                                    header = ProxyHeader.read(ByteBuffer.wrap(all), 0, all.length);
                                } catch (MalformedProxyHeader e) {
                                    told.completeExceptionally(e);
                                    return;
                                }
                            }
                            told.complete(header);
                            wire.send("hello");
                            wire.in.readAllBytes();
                        });
                SocketChannel client = published(application, AppProtocol.TCP, true, version)) {
            send(client, LINE);
            assertThat(until(client, "hello")).isEqualTo("hello");
            ProxyHeader header = told.get(2, TimeUnit.SECONDS);
            assertThat(header.source()).isEqualTo(new InetSocketAddress("192.0.2.7", 4711));
        }
    }
}
