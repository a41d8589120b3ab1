package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must not pass does not, and says why.
@Timeout(20)
final class RefusalTest extends Stage {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/3.7\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: \u0000\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void malformedRequestsAreAnsweredWithTheReason(String request) throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        Planes planes = mesh(application);
        Wire wire = connect();
        wire.send("GET /bytes/1 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(200);
        wire.send(request);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.field("x-proa-reason")).isEqualTo("bad_request");
        assertThat(response.text()).startsWith("proa: ");
        assertThat(wire.in.read()).isEqualTo(-1);
        assertThat(Planes.last(planes.outbound, 2).reason.code()).isEqualTo("bad_request");
    }

    @Test
    void headsBeyondTheLimitAreAnswered() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(431);
    }

    @Test
    void plaintextOnTheMeshPortIsRefusedAndCounted() throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        Planes planes = mesh(application);
        Wire wire = keep(Wire.to(planes.meshPort()));
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        String got;
        try {
            got = new String(wire.in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            got = "";
        }
        assertThat(got).doesNotContain("200");
        assertThat(Planes.within(Duration.ofSeconds(2), () -> !planes.refused.isEmpty())).isTrue();
        assertThat(planes.refused).containsExactly("tls_failed:not_tls");
        assertThat(application.connections).hasValue(0);
    }

    @Test
    void anotherIdentityThanExpectedIsNotSpokenTo() throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        Planes planes =
                planes(
                        Planes.through(
                                AppProtocol.HTTP, Planes.CALLER, application.port(), mesh -> mesh));
        Wire wire = connect();
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-proa-reason")).isEqualTo("peer_identity");
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("peer_identity");
        assertThat(application.connections).hasValue(0);
    }

    @Test
    void clientsThatLeaveWithinTheRequestAreNoted() throws Exception {
        Planes planes = mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
        Thread.sleep(100);
        wire.close();
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("client_gone");
        Planes.last(planes.inbound, 1);
    }

    @Test
    void clientsThatLeaveWithinTheResponseAreNoted() throws Exception {
        Planes planes = mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET /bytes/20000000 HTTP/1.1\r\nHost: a\r\n\r\n");
        wire.exactly(1000);
        wire.reset();
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("client_gone");
        Planes.last(planes.inbound, 1);
    }
}
