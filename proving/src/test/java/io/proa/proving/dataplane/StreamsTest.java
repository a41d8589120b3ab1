package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.Http2Error;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes over HTTP/2 arrives as it was sent.
@Timeout(30)
final class StreamsTest extends Stage {
    @Test
    void aBodyAndItsTrailersArriveInBothDirections() throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        client.request(1, false, "POST", "/a?b=c", "x-one: 1");
        client.upload(1, Wire.bytes(300_000), false);
        client.headers(1, true, "x-sum: 42", "x-last: yes");
        Http2Wire.Stream got = client.await(1);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.field("x-path")).isEqualTo("/a?b=c");
        assertThat(got.body.toByteArray()).isEqualTo(Wire.bytes(300_000));
        assertThat(got.trailers).isEqualTo("x-sum: 42\r\nx-last: yes\r\n");
        client.get(3, "/next");
        assertThat(client.await(3).text()).isEmpty();
    }

    /// The response is complete and its client slow; what the server does not want of the request
    /// must never be taken for another one.
    @Test
    void whatAServerNoLongerWantsIsNoRequest() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    if (number == 1) {
                        seen.add(server.awaitHead(1).path());
                        server.answer(1, 200, Wire.bytes(60_000));
                        server.reset(1, Http2Error.NO_ERROR);
                    }
                    for (Http2Wire.Stream next = server.next();
                            next != null;
                            next = server.next()) {
                        seen.add(next.path());
                        server.answer(next.id, "next");
                    }
                });
        String text = "POST /evil HTTP/1.1\r\nhost: o\r\ncontent-length: 0\r\n\r\n";
        client.settings(Http2Wire.INITIAL_WINDOW_SIZE, 1000);
        client.request(1, false, "POST", "/upload", "content-length: " + 100 * text.length());
        client.awaitBody(1, 1000);
        Thread.sleep(100);
        for (int i = 0; i < 20; i++) {
            client.data(1, text, false);
        }
        Thread.sleep(100);
        client.windowUpdate(1, 1 << 20);
        assertThat(client.await(1).body.toByteArray()).isEqualTo(Wire.bytes(60_000));
        client.get(3, "/next");
        assertThat(client.await(3).text()).isEqualTo("next");
        assertThat(seen).containsExactly("/upload", "/next");
    }

    /// Many servers end a stream by a frame of its own.
    @Test
    void anEndThatComesLateDelaysTheNextRequestAndLosesNothing() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    for (Http2Wire.Stream next = server.next();
                            next != null;
                            next = server.next()) {
                        server.headers(next.id, false, ":status: 200", "content-length: 2");
                        server.data(next.id, "ok", false);
                        Thread.sleep(60);
                        server.data(next.id, new byte[0], true);
                    }
                });
        for (int stream = 1; stream < 9; stream += 2) {
            client.get(stream, "/" + stream);
            assertThat(client.awaitBody(stream, 2).text()).isEqualTo("ok");
        }
    }
}
