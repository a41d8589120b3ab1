package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MessageHeadTest {
    private final MessageHead head = new MessageHead();

    private MessageHead request(String text) throws MalformedHead {
        ByteBuffer buf = Bytes.buffer(text, 7);
        assertThat(head.parseRequest(buf, 7, 7 + text.length(), HeadLimits.DEFAULT)).isTrue();
        return head;
    }

    private MessageHead response(String text, Method method) throws MalformedHead {
        ByteBuffer buf = Bytes.buffer(text, 7);
        assertThat(head.parseResponse(buf, 7, 7 + text.length(), HeadLimits.DEFAULT, method))
                .isTrue();
        return head;
    }

    @Test
    void tellsWhereThePartsOfARequestLie() throws MalformedHead {
        request(
                "\r\nPOST /a/b?c=d HTTP/1.1\r\nHost: h\r\nX-A:  b c \r\nContent-Length: 3\r\n\r\nabc");
        assertThat(head.start()).isEqualTo(9);
        assertThat(head.method()).isEqualTo(Method.POST);
        assertThat(head.text(head.methodStart(), head.methodEnd())).isEqualTo("POST");
        assertThat(head.text(head.targetStart(), head.targetEnd())).isEqualTo("/a/b?c=d");
        assertThat(head.text(head.pathStart(), head.pathEnd())).isEqualTo("/a/b");
        assertThat(head.version()).isEqualTo(11);
        assertThat(head.status()).isZero();
        assertThat(head.headerCount()).isEqualTo(3);
        assertThat(head.text(head.nameStart(1), head.nameEnd(1))).isEqualTo("X-A");
        assertThat(head.value(1)).isEqualTo("b c");
        assertThat(head.text(head.lineStart(1), head.lineEnd(1))).isEqualTo("X-A:  b c \r\n");
        assertThat(head.text(head.lineStart(2), head.lineEnd(2)))
                .isEqualTo("Content-Length: 3\r\n");
        assertThat(head.known(2)).isEqualTo(KnownHeader.CONTENT_LENGTH);
        assertThat(head.known(1)).isEqualTo(KnownHeader.OTHER);
        assertThat(head.find(KnownHeader.HOST)).isZero();
        assertThat(head.find(KnownHeader.TE)).isEqualTo(-1);
        assertThat(head.headerValue("x-a")).isEqualTo("b c");
        assertThat(head.headerValue("x-b")).isNull();
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        assertThat(head.contentLength()).isEqualTo(3);
        assertThat(head.text(head.end(), head.end() + 3)).isEqualTo("abc");
    }

    @Test
    void splitsAWholeUriIntoAuthorityAndPath() throws MalformedHead {
        request("GET http://h:80/a?b HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.text(head.authorityStart(), head.authorityEnd())).isEqualTo("h:80");
        assertThat(head.text(head.pathStart(), head.pathEnd())).isEqualTo("/a");
        request("GET http://h?b HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.pathStart()).isEqualTo(head.pathEnd());
        assertThat(head.text(head.pathEnd(), head.targetEnd())).isEqualTo("?b");
    }

    @Test
    void readsAResponse() throws MalformedHead {
        response("HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\n", Method.GET);
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.version()).isEqualTo(10);
        assertThat(head.keepAlive()).isFalse();
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        response("HTTP/1.1 200\r\n\r\n", Method.GET);
        assertThat(head.framing()).isEqualTo(Framing.UNTIL_CLOSE);
        assertThat(head.keepAlive()).isFalse();
        response("HTTP/1.1 200 \r\nContent-Length: 12\r\n\r\n", Method.HEAD);
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(head.keepAlive()).isTrue();
    }

    @Test
    void keepsTheConnectionAsTheVersionsSay() throws MalformedHead {
        assertThat(request("GET / HTTP/1.1\r\nHost: h\r\n\r\n").keepAlive()).isTrue();
        assertThat(request("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n").keepAlive())
                .isFalse();
        assertThat(request("GET / HTTP/1.0\r\n\r\n").keepAlive()).isFalse();
        assertThat(request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepAlive())
                .isTrue();
        assertThat(
                        request(
                                        "GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n")
                                .keepAlive())
                .isFalse();
    }

    @Test
    void tellsAnUpgradeOnlyWhenBothFieldsAskForIt() throws MalformedHead {
        request("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n");
        assertThat(head.upgrade()).isTrue();
        assertThat(head.upgradeTokenIs("websocket")).isTrue();
        assertThat(head.upgradeTokenIs("h2c")).isFalse();
        request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n");
        assertThat(head.upgrade()).isFalse();
        request(
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n\r\n");
        assertThat(head.upgradeTokenIs("h2c")).isFalse();
    }

    @Test
    void growsWithMoreFieldsThanBefore() throws MalformedHead {
        StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\nHost: h\r\n");
        for (int i = 0; i < 120; i++) {
            text.append("X-").append(i).append(": v").append(i).append("\r\n");
        }
        request(text.append("\r\n").toString());
        assertThat(head.headerCount()).isEqualTo(121);
        assertThat(head.value(120)).isEqualTo("v119");
        assertThat(head.value(24)).isEqualTo("v23");
    }

    @Test
    void forgetsTheMessageBefore() throws MalformedHead {
        request(
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close, x\r\nTE: trailers\r\n\r\n");
        request("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.contentLength()).isEqualTo(-1);
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.headerCount()).isEqualTo(1);
        assertThat(head.hasTrailerAllowance()).isFalse();
        response("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", Method.GET);
        request("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.status()).isZero();
    }

    @Test
    void readsNothingBeyondTheLastByteReceived() throws MalformedHead {
        String text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        ByteBuffer buf = Bytes.buffer(text, 0);
        for (int to = 0; to < text.length(); to++) {
            buf.limit(to);
            assertThat(head.parseRequest(buf, 0, to, HeadLimits.DEFAULT))
                    .as("with %s bytes", to)
                    .isFalse();
        }
        buf.limit(text.length());
        assertThat(head.parseRequest(buf, 0, text.length(), HeadLimits.DEFAULT)).isTrue();
    }

    @Test
    void readsBuffersOfAnyKindAndByteOrder() throws MalformedHead {
        String text =
                "GET /a?b HTTP/1.1\r\nHost: host.example\r\nContent-Length: 12\r\nx_y: z\r\n\r\n";
        ByteBuffer heap = ByteBuffer.wrap(Bytes.of(text));
        ByteBuffer direct = Bytes.buffer(text, 0);
        for (ByteBuffer buf : new ByteBuffer[] {heap, direct}) {
            for (ByteOrder order :
                    new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                buf.order(order);
                assertThat(head.parseRequest(buf, 0, text.length(), HeadLimits.DEFAULT)).isTrue();
                assertThat(head.contentLength()).isEqualTo(12);
                assertThat(head.headerCount()).isEqualTo(3);
            }
        }
    }

    @Test
    void appliesItsLimits() {
        HeadLimits limits = new HeadLimits(64, 2);
        String long1 = "GET /" + "a".repeat(60);
        assertThatExceptionOfType(MalformedHead.class)
                .isThrownBy(
                        () -> head.parseRequest(Bytes.buffer(long1, 0), 0, long1.length(), limits))
                .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_LARGE))
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
        head.reset();
        String many = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n";
        assertThatExceptionOfType(MalformedHead.class)
                .isThrownBy(
                        () -> head.parseRequest(Bytes.buffer(many, 0), 0, many.length(), limits))
                .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_MANY_HEADERS));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new HeadLimits(10, 1));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new HeadLimits(1024, 0));
    }

    @Test
    void recognisesNamesInAnyCaseAndNoOthers() {
        for (KnownHeader known : KnownHeader.values()) {
            if (known == KnownHeader.OTHER) {
                continue;
            }
            String name = known.lowerCaseName();
            for (String spelt : new String[] {name, name.toUpperCase(Locale.ROOT)}) {
                ByteBuffer buf = Bytes.buffer(spelt, 1);
                assertThat(KnownHeader.of(buf, 1, 1 + spelt.length())).isEqualTo(known);
                for (int i = 0; i < spelt.length(); i++) {
                    for (int bit = 1; bit < 256; bit <<= 1) {
                        byte good = buf.get(1 + i);
                        boolean onlyCase = bit == 0x20 && Character.isLetter(spelt.charAt(i));
                        buf.put(1 + i, (byte) (good ^ bit));
                        KnownHeader other = KnownHeader.of(buf, 1, 1 + spelt.length());
                        assertThat(other == known)
                                .as("%s, bit %s of byte %s", spelt, bit, i)
                                .isEqualTo(onlyCase);
                        buf.put(1 + i, good);
                    }
                }
            }
        }
    }

    @Test
    void saysWhichMethodsAreIdempotent() {
        assertThat(Method.values())
                .filteredOn(Method::idempotent)
                .containsExactly(
                        Method.GET,
                        Method.HEAD,
                        Method.PUT,
                        Method.DELETE,
                        Method.OPTIONS,
                        Method.TRACE);
    }
}
