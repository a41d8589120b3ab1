package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ChunkedBodyTest {
    private final ChunkedBody body = new ChunkedBody();

    @Test
    void stopsAtTheFirstByteOfTheNextMessage() throws MalformedHead {
        String text = "3\r\nabc\r\n0\r\nX: y\r\n\r\n";
        ByteBuffer buf = Bytes.buffer(text + "GET /", 4);
        assertThat(body.advance(buf, 4, 4 + text.length() + 5)).isEqualTo(4 + text.length());
        assertThat(body.done()).isTrue();
        assertThat(body.payloadBytes()).isEqualTo(3);
        assertThat(body.advance(buf, 4, 9)).as("nothing more").isEqualTo(4);
    }

    @Test
    void isReadyAgainAfterReset() throws MalformedHead {
        String text = "1;a=b\r\nx\r\n0\r\nT: u\r\n\r\n";
        ByteBuffer buf = Bytes.buffer(text, 0);
        for (int i = 0; i < 3; i++) {
            body.reset();
            assertThat(body.advance(buf, 0, text.length())).isEqualTo(text.length());
            assertThat(body.done()).isTrue();
            assertThat(body.payloadBytes()).isEqualTo(1);
        }
        body.reset();
        body.advance(buf, 0, 7);
        assertThat(body.done()).isFalse();
    }

    @Test
    void followsAChunkLargerThanAnyBuffer() throws MalformedHead {
        ByteBuffer buf = Bytes.buffer("1FFFFFFFFFFFFF\r\n" + "x".repeat(1000), 0);
        assertThat(body.advance(buf, 0, 1016)).isEqualTo(1016);
        for (int i = 0; i < 1000; i++) {
            assertThat(body.advance(buf, 16, 1016)).isEqualTo(1016);
        }
        assertThat(body.payloadBytes()).isEqualTo(1_001_000);
        assertThat(body.done()).isFalse();
    }

    @Test
    void letsExtensionsGrowOnlyWithThePayload() throws MalformedHead {
        String signed =
                "2000;chunk-signature=" + "f".repeat(64) + "\r\n" + "x".repeat(0x2000) + "\r\n";
        ByteBuffer buf = Bytes.buffer(signed, 0);
        for (int i = 0; i < 1000; i++) {
            assertThat(body.advance(buf, 0, signed.length())).isEqualTo(signed.length());
        }
        body.reset();
        String empty = "1;" + "f".repeat(500) + "\r\nx\r\n";
        ByteBuffer hollow = Bytes.buffer(empty, 0);
        assertThatExceptionOfType(MalformedHead.class)
                .isThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        body.advance(hollow, 0, empty.length());
                    }
                })
                .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.CHUNK_EXTENSIONS_TOO_LARGE));
    }
}
