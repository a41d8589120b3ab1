package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkDataTest {
    private static final String BODY =
            "5\r\nhello\r\n00B;x=y;z\r\n\r\n0\r\n\r\n\r\n\r\n\r\n1\r\n!\r\n0\r\nT: 1\r\nU: 0\r\n\r\n";

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,7", "1000,3", "1000,1000"})
    void findsTheSameDataInAnyPieces(int piece, int takenAtOnce) throws MalformedHead {
        ByteBuffer bytes = Bytes.buffer(BODY, 0);
        ChunkedBody check = new ChunkedBody();
        assertThat(check.advance(bytes, 0, BODY.length())).isEqualTo(BODY.length());
        assertThat(check.done()).isTrue();
        ChunkData data = new ChunkData();
        for (int round = 0; round < 2; round++) {
            data.reset();
            StringBuilder found = new StringBuilder();
            int at = 0;
            int to = 0;
            while (!data.last()) {
                assertThat(to).as("all of it has been given").isLessThan(BODY.length());
                to = Math.min(BODY.length(), Math.max(to, at) + piece);
                at = data.skip(bytes, at, to);
                for (int n = data.data(to - at); n > 0; n = data.data(to - at)) {
                    int taken = Math.min(n, takenAtOnce);
                    found.append(BODY, at, at + taken);
                    data.taken(taken);
                    at = data.skip(bytes, at + taken, to);
                }
            }
            assertThat(found.toString()).isEqualTo("hello\r\n0\r\n\r\n\r\n\r\n!");
            assertThat(BODY.substring(at)).isEqualTo("T: 1\r\nU: 0\r\n\r\n");
        }
    }
}
