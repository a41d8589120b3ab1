package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import io.proa.model.RouteRule;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who speaks gRPC is told of failures in gRPC, and its deadlines are kept.
@Timeout(20)
final class GrpcTest extends Stage {
    private static void call(Http2Wire client, int stream, String... more) throws IOException {
        String[] fields = new String[more.length + 2];
        fields[0] = "content-type: application/grpc";
        fields[1] = "te: trailers";
        System.arraycopy(more, 0, fields, 2, more.length);
        client.request(stream, false, "POST", "/shop.Orders/Get", fields);
        client.data(stream, "\0\0\0\0\1x", true);
    }

    @Test
    void anEndpointThatIsDownIsUnavailable() throws Exception {
        ScriptedServer gone = Http2Wire.echoing();
        int port = gone.port();
        gone.close();
        planes(Planes.mesh(AppProtocol.DETECT, RouteRule.DEFAULT, port));
        Http2Wire client = streams();
        call(client, 1);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.heads).hasSize(1);
        assertThat(got.field("grpc-status")).isEqualTo("14");
        assertThat(got.field("grpc-message")).startsWith("proa: ");
        assertThat(got.field("x-proa-reason")).isEqualTo("connect_failed");
        assertThat(got.body.size()).isZero();
    }

    @Test
    void aDeadlineIsKeptAndPassedOnSmaller() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    told.add(server.awaitHead(1).field("grpc-timeout"));
                    server.awaitEnd();
                });
        long begun = System.nanoTime();
        call(client, 1, "grpc-timeout: 300m");
        Http2Wire.Stream got = client.await(1);
        long took = (System.nanoTime() - begun) / 1_000_000;
        assertThat(got.field("grpc-status")).isEqualTo("4");
        assertThat(took).isBetween(290L, 2000L);
        String unit = told.getFirst().replaceAll("\\d", "");
        long value = Long.parseLong(told.getFirst().replaceAll("\\D", ""));
        long micros = unit.equals("n") ? value / 1000 : unit.equals("u") ? value : value * 1000;
        assertThat(micros).as(told.getFirst()).isBetween(1L, 300_000L);
    }

    @Test
    void statusAndDetailsOfTheApplicationPassAsTheyAre() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.headers(1, false, ":status: 200", "content-type: application/grpc");
                    server.data(1, "\0\0\0\0\1y", false);
                    server.headers(
                            1,
                            true,
                            "grpc-status: 5",
                            "grpc-message: no%20such",
                            "grpc-status-details-bin: CAUSBA==",
                            "authorization-hint: x");
                    server.next();
                    server.headers(
                            3,
                            true,
                            ":status: 200",
                            "content-type: application/grpc",
                            "grpc-status: 9");
                    server.awaitEnd();
                });
        call(client, 1);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.text()).isEqualTo("\0\0\0\0\1y");
        assertThat(got.trailers)
                .isEqualTo(
                        "grpc-status: 5\r\ngrpc-message: no%20such\r\n"
                                + "grpc-status-details-bin: CAUSBA==\r\nauthorization-hint: x\r\n");
        call(client, 3);
        got = client.await(3);
        assertThat(got.heads).hasSize(1);
        assertThat(got.field("grpc-status")).isEqualTo("9");
        assertThat(got.trailers).isEmpty();
    }

    /// Each side may speak at any time.
    @Test
    void bothSidesTalkAtOnce() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    server.headers(1, false, ":status: 200", "content-type: application/grpc");
                    for (int i = 1; i <= 50; i++) {
                        server.awaitBody(1, 10 * i);
                        server.data(1, "answer " + i % 10, false);
                    }
                    server.await(1);
                    server.headers(1, true, "grpc-status: 0");
                    server.awaitEnd();
                });
        client.request(1, false, "POST", "/s/m", "content-type: application/grpc", "te: trailers");
        client.awaitHead(1);
        for (int i = 1; i <= 50; i++) {
            client.data(1, "question " + i % 10, false);
            assertThat(client.awaitBody(1, 8 * i).text()).endsWith("answer " + i % 10);
        }
        client.data(1, new byte[0], true);
        assertThat(client.await(1).trailers).isEqualTo("grpc-status: 0\r\n");
    }
}
