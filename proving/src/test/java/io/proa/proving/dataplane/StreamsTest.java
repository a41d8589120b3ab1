package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.Http2Error;
import io.proa.proving.framing.Http2Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /// HTTP/1.1 has no place for them; HTTP/2 has.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 70_000})
    void trailersBehindABodyOfAnnouncedLengthArriveInBothDirections(int length) throws Exception {
        byte[] body = Wire.bytes(length);
        Http2Wire client =
                streams(
                        Http2Wire.serving((server, next) -> {
                            String seen = next.field("content-length") + " " + next.trailers.trim();
                            server.headers(
                                    next.id,
                                    false,
                                    ":status: 200",
                                    "content-length: " + length,
                                    "x-seen: " + seen);
                            server.upload(next.id, next.body.toByteArray(), false);
                            server.headers(next.id, true, "x-sum: answered");
                        }));
        for (int stream = 1; stream < 6; stream += 2) {
            client.request(stream, false, "POST", "/", "content-length: " + length);
            client.upload(stream, body, false);
            client.headers(stream, true, "x-sum: asked");
            Http2Wire.Stream got = client.await(stream);
            assertThat(got.field("x-seen")).isEqualTo(length + " x-sum: asked");
            assertThat(got.field("content-length")).isEqualTo(String.valueOf(length));
            assertThat(got.body.toByteArray()).isEqualTo(body);
            assertThat(got.trailers).isEqualTo("x-sum: answered\r\n");
            assertThat(got.heads.getLast()).doesNotContain("x-proa-content", "chunked");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"less", "more", "less, then trailers"})
    void anAnnouncedLengthIsKeptTo(String how) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Http2Wire client =
                streams(
                        Http2Wire.serving((server, next) -> {
                            seen.add(next.path());
                            server.answer(next.id, "ok");
                        }));
        client.request(1, false, "POST", "/one", "content-length: 5");
        client.data(1, how.equals("more") ? "123456" : "1234", !how.contains("trailers"));
        if (how.contains("trailers")) {
            client.headers(1, true, "x-sum: 1");
        }
        assertThat(client.await(1).reset).isEqualTo(Http2Error.PROTOCOL_ERROR);
        client.get(3, "/two");
        assertThat(client.await(3).text()).isEqualTo("ok");
        assertThat(seen).containsExactly("/two");
    }

    /// What marks the two in the text between is nobody's to say.
    @Test
    void theSchemeAndNoMarkOfOthersArrives() throws Exception {
        Http2Wire client =
                streams(
                        Http2Wire.serving((server, next) -> {
                            server.answer(next.id, next.https + " " + next.fields);
                        }));
        client.request(1, true, "GET", "/", "x-a: 1");
        String plain = client.await(1).text();
        assertThat(plain).startsWith("false ");
        client.request(3, true, "GET", "/", "x-proa-content: 7", "x-proa-scheme: https", "x-a: 1");
        assertThat(client.await(3).text()).isEqualTo(plain);
        client.headers(
                5, true, ":method: GET", ":scheme: https", ":authority: o", ":path: /", "x-a: 1");
        assertThat(client.await(5).text()).isEqualTo(plain.replace("false", "true"));
        client.headers(
                7,
                false,
                ":method: POST",
                ":scheme: https",
                ":authority: o",
                ":path: /",
                "content-length: 3");
        client.data(7, "abc", true);
        assertThat(client.await(7).text()).isEqualTo(plain.replace("false", "true"));
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
                    server.serve((_, next) -> {
                        seen.add(next.path());
                        server.answer(next.id, "next");
                    });
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
                streams(
                        Http2Wire.serving((server, next) -> {
                            server.headers(next.id, false, ":status: 200", "content-length: 2");
                            server.data(next.id, "ok", false);
                            Thread.sleep(60);
                            server.data(next.id, new byte[0], true);
                        }));
        for (int stream = 1; stream < 9; stream += 2) {
            client.get(stream, "/" + stream);
            assertThat(client.awaitBody(stream, 2).text()).isEqualTo("ok");
        }
    }

    /// The application tells each head as it came.
    private Http2Wire told() throws IOException {
        return streams(
                Http2Wire.serving((server, next) -> {
                    server.answer(next.id, next.heads.getFirst() + next.trailers);
                }));
    }

    /// What a sidecar adds on the way is all that differs.
    @Test
    void fieldsArriveInTheirOrder() throws Exception {
        Http2Wire client = told();
        client.headers(
                1,
                true,
                ":method: GET",
                ":path: /p/%2e%2E//x?q=%20&&=#".replace("#", ""),
                ":scheme: http",
                ":authority: shop.test:80",
                "b: 2",
                "a: 1",
                "b: 3",
                "cookie: one=1",
                "empty: ",
                "cookie: two=2",
                "te: trailers");
        String head = client.await(1).text();
        assertThat(head)
                .startsWith("GET /p/%2e%2E//x?q=%20&&= HTTP/1.1\r\nhost: shop.test:80\r\n")
                .contains("b: 2\r\na: 1\r\nb: 3\r\nempty: \r\n")
                .contains("te: trailers\r\n")
                .doesNotContain("x-proa-");
        assertThat(head.replaceAll("(?s).*cookie:\\s?([^\r]*)\r.*", "$1"))
                .isEqualTo("one=1; two=2");
        assertThat(head.lines().map(line -> line.replaceAll(":.*", "")).skip(1))
                .contains("x-request-id", "traceparent");
    }

    @Test
    void responsesWithoutABodyHaveNone() throws Exception {
        Http2Wire client =
                streams(
                        Http2Wire.serving((server, next) -> {
                            boolean late = next.path().endsWith("late");
                            int status = Integer.parseInt(next.path().substring(1, 4));
                            String[] head = {":status: " + status, "content-length: 9"};
                            if (status == 204) {
                                head = new String[] {":status: 204", "x-a: b"};
                            }
                            server.headers(next.id, !late, head);
                            if (late) {
                                Thread.sleep(5);
                                server.data(next.id, new byte[0], true);
                            }
                        }));
        int stream = 1;
        for (String path : List.of("/200", "/204", "/304", "/200late", "/204late", "/304late")) {
            for (int i = 0; i < 4; i++) {
                client.request(stream, true, path.startsWith("/200") ? "HEAD" : "GET", path);
                Http2Wire.Stream got = client.await(stream);
                assertThat(got.reset).as(path).isNull();
                assertThat(got.status()).isEqualTo(Integer.parseInt(path.substring(1, 4)));
                assertThat(got.body.size()).isZero();
                assertThat(got.field("content-length"))
                        .isEqualTo(path.startsWith("/204") ? null : "9");
                stream += 2;
            }
        }
    }

    @Test
    void interimResponsesComeBeforeTheirs() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    server.headers(1, false, ":status: 100");
                    server.headers(1, false, ":status: 103", "link: </a>");
                    server.headers(1, false, ":status: 103", "link: </b>");
                    server.await(1);
                    server.answer(1, server.at(1).text());
                    server.awaitEnd();
                });
        client.request(1, false, "PUT", "/", "expect: 100-continue");
        assertThat(client.awaitHead(1).status()).isEqualTo(100);
        client.data(1, "body", true);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.heads).hasSize(4);
        assertThat(got.heads.get(1)).contains("link: </a>");
        assertThat(got.heads.get(2)).contains("link: </b>");
        assertThat(got.text()).isEqualTo("body");
    }

    @Test
    void largeHeadsTakeSeveralFrames() throws Exception {
        Http2Wire client = told();
        String large = "v".repeat(20_000);
        client.request(1, true, "GET", "/", "large: " + large, "more: " + "w".repeat(9000));
        assertThat(client.await(1).text()).contains("large: " + large + "\r\n");
        assertThat(client.streams).hasSize(1);
    }

    /// Also where a sidecar's own lines lift it above its own limit.
    @ParameterizedTest
    @ValueSource(ints = {32_500, 32_600, 32_650, 32_767, 33_000, 40_000, 60_000})
    void headsNearTheLimitAreServedOrRefused(int bytes) throws Exception {
        Http2Wire client = told();
        int fixed = 7 + 3 + 7 + 4 + 10 + 1 + 5 + 1 + 4 * 32 + 5 + 32;
        client.request(1, true, "GET", "/", "large: " + "v".repeat(bytes - fixed));
        int status = client.await(1).status();
        assertThat(status).isEqualTo(bytes <= 32 * 1024 ? 200 : 431);
        client.get(3, "/after");
        assertThat(client.await(3).text()).startsWith("GET /after ");
    }

    @Test
    void manyFieldsNearTheLimitAreServedOrRefused() throws Exception {
        Http2Wire client = told();
        int stream = 1;
        for (int count : new int[] {120, 126, 127, 128, 140}) {
            String[] fields = new String[count];
            for (int i = 0; i < count; i++) {
                fields[i] = "f" + i + ": x";
            }
            client.request(stream, true, "GET", "/", fields);
            assertThat(client.await(stream).status())
                    .as("%s fields", count)
                    .isEqualTo(count < 128 ? 200 : 431);
            stream += 2;
        }
    }

    @Test
    void anAuthorityAsLargeAsAHeadMayBeIsServedOrRefused() throws Exception {
        Http2Wire client = told();
        int stream = 1;
        for (int length : new int[] {1000, 20_000, 31_000, 32_000}) {
            String name = "a".repeat(length);
            client.headers(
                    stream,
                    true,
                    ":method: GET",
                    ":scheme: http",
                    ":path: /",
                    ":authority: " + name,
                    "host: " + name);
            assertThat(client.await(stream).status()).isIn(200, 431);
            stream += 2;
        }
    }

    /// A lane that has served before, refused in words.
    @Test
    void aRefusedHeadDisturbsNoOther() throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        for (int i = 0; i < 20; i++) {
            client.get(4 * i + 1, "/good");
            assertThat(client.await(4 * i + 1).status()).isEqualTo(200);
            client.request(4 * i + 3, i % 2 == 0, "GET", "/bad", "x: " + "y".repeat(40_000));
            assertThat(client.await(4 * i + 3).status()).isEqualTo(431);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"more", "less"})
    void aBodyThatIsNotAsLongAsAnnouncedIsReset(String what) throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        client.request(1, false, "POST", "/", "content-length: 10");
        client.data(1, what.equals("more") ? "12345678901" : "123456789", true);
        assertThat(client.await(1).reset).isEqualTo(Http2Error.PROTOCOL_ERROR);
        client.get(3, "/");
        assertThat(client.await(3).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"more", "less"})
    void aResponseThatIsNotAsLongAsAnnouncedNeverLooksWhole(String what) throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.headers(1, false, ":status: 200", "content-length: 10");
                    server.data(1, "12345", false);
                    Thread.sleep(30);
                    server.data(1, what.equals("more") ? "6789012" : "6789", true);
                    server.awaitEnd();
                });
        client.get(1, "/");
        Http2Wire.Stream got = client.await(1);
        assertThat(got.ended).isFalse();
        assertThat(got.reset).isNotNull();
    }

    @Test
    void connectMakesATunnelAndKeepsHalfClose() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    server.headers(1, false, ":status: 200");
                    server.await(1);
                    server.upload(1, server.at(1).body.toByteArray(), true);
                    server.awaitEnd();
                });
        client.headers(1, false, ":method: CONNECT", ":authority: o:80");
        assertThat(client.awaitHead(1).status()).isEqualTo(200);
        client.upload(1, Wire.bytes(150_000), true);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.ended).isTrue();
        assertThat(got.body.toByteArray()).isEqualTo(Wire.bytes(150_000));
    }

    @Test
    void aConnectThatHasEndedAlreadyIsHeardOf() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    server.headers(1, false, ":status: 200");
                    server.await(1);
                    server.data(1, "bye", true);
                    server.awaitEnd();
                });
        client.headers(1, true, ":method: CONNECT", ":authority: o:80");
        assertThat(client.await(1).text()).isEqualTo("bye");
    }

    /// Seeded: requests of all kinds at once, their bytes in pieces of any size.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverIsMixedAndHoweverItIsCutComesBack(long seed) throws Exception {
        Random dice = new Random(seed);
        Http2Wire client = streams(Http2Wire.echoing());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Map<Integer, byte[]> bodies = new LinkedHashMap<>();
        Map<Integer, String> trailers = new HashMap<>();
        int total = 0;
        for (int stream = 1; stream < 120; stream += 2) {
            // Together within the connection's first window.
            byte[] body = Wire.bytes(dice.nextInt(4) == 0 ? 0 : dice.nextInt(2000));
            total += body.length;
            bodies.put(stream, total < 65_000 ? body : new byte[0]);
            boolean trailing = dice.nextInt(3) == 0;
            trailers.put(stream, trailing ? "x-t: " + stream + "\r\n" : "");
        }
        List<Integer> order = new ArrayList<>(bodies.keySet());
        for (int stream : order) {
            byte[] body = bodies.get(stream);
            String trailer = trailers.get(stream);
            boolean headOnly = body.length == 0 && trailer.isEmpty();
            all.writeBytes(
                    Http2Frames.frame(
                            1,
                            Http2Wire.END_HEADERS | (headOnly ? Http2Wire.END_STREAM : 0),
                            stream,
                            Http2Frames.block(
                                    List.of(
                                            ":method: POST",
                                            ":scheme: http",
                                            ":authority: o",
                                            ":path: /" + stream))));
            for (int at = 0; at < body.length; ) {
                int n = Math.min(body.length - at, 1 + dice.nextInt(700));
                int padding = dice.nextInt(3) == 0 ? dice.nextInt(20) : -1;
                boolean last = at + n == body.length && trailer.isEmpty();
                all.writeBytes(data(stream, Arrays.copyOfRange(body, at, at + n), padding, last));
                at += n;
            }
            if (!trailer.isEmpty()) {
                all.writeBytes(
                        Http2Frames.frame(
                                1,
                                Http2Wire.END_HEADERS | Http2Wire.END_STREAM,
                                stream,
                                Http2Frames.block(List.of(trailer.strip()))));
            }
        }
        byte[] bytes = all.toByteArray();
        for (int at = 0; at < bytes.length; ) {
            int n = Math.min(bytes.length - at, 1 + dice.nextInt(dice.nextInt(8) == 0 ? 9000 : 60));
            client.wire.send(Arrays.copyOfRange(bytes, at, at + n));
            at += n;
        }
        for (int stream : order) {
            Http2Wire.Stream got = client.await(stream);
            assertThat(got.reset).as("stream %s", stream).isNull();
            assertThat(got.field("x-path")).isEqualTo("/" + stream);
            assertThat(got.body.toByteArray()).isEqualTo(bodies.get(stream));
            assertThat(got.trailers).isEqualTo(trailers.get(stream));
        }
    }

    private static byte[] data(int stream, byte[] bytes, int padding, boolean last) {
        int end = last ? Http2Wire.END_STREAM : 0;
        if (padding < 0) {
            return Http2Frames.frame(0, end, stream, bytes);
        }
        byte[] padded = new byte[1 + bytes.length + padding];
        padded[0] = (byte) padding;
        System.arraycopy(bytes, 0, padded, 1, bytes.length);
        return Http2Frames.frame(0, end | Http2Wire.PADDED, stream, padded);
    }
}
