package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcTimeoutTest {
    private static long parse(String text) {
        byte[] bytes = ("x" + text + "y").getBytes(StandardCharsets.US_ASCII);
        return GrpcTimeout.parse(ByteBuffer.wrap(bytes), 1, bytes.length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "1H,3600000000000",
        "2M,120000000000",
        "3S,3000000000",
        "250m,250000000",
        "7u,7000",
        "99999999n,99999999",
        "00000001S,1000000000",
        "0n,0"
    })
    void readsEachUnit(String text, long nanos) {
        assertThat(parse(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "1", "1s", "1h", "-1S", "1.5S", "123456789S", " 1S", "1S "})
    void refusesWhatIsNone(String text) {
        assertThat(parse(text)).isEqualTo(-1);
    }

    @Test
    void boundsWhatNoClockCanCount() {
        assertThat(parse("99999999H")).isEqualTo(Long.MAX_VALUE / 4);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 999, 99_999_999, 100_000_000, 1_234_567_890_123L, Long.MAX_VALUE / 4})
    void writesNoMoreThanThereIs(long nanos) {
        long read = parse(new String(GrpcTimeout.write(nanos), StandardCharsets.US_ASCII));
        assertThat(read).isLessThanOrEqualTo(nanos).isGreaterThan(nanos - nanos / 1_000_000 - 1);
    }
}
