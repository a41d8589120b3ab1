package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusLinesTest {
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void makesAWholeResponseThatOurOwnReaderAccepts() {
        String text = text(StatusLines.response(503, "no-endpoint", "there is none", false, false));
        Reading reading = Oracle.read(Method.GET, text);
        assertThat(reading.verdict()).isEqualTo("ok");
        assertThat(reading.length()).isEqualTo(text.length());
        assertThat(reading.fields()).contains("x-proa-reason: no-endpoint", "Content-Length: 14");
        assertThat(text)
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .endsWith("\r\n\r\nthere is none\n");
        assertThat(reading.keepAlive()).isTrue();
    }

    @Test
    void leavesTheBodyOutForHeadAndSaysClose() {
        String text = text(StatusLines.response(400, "bare-lf", "no", true, true));
        assertThat(text)
                .contains("Content-Length: 3\r\n")
                .contains("Connection: close\r\n")
                .endsWith("\r\n\r\n");
        assertThat(Oracle.read(Method.HEAD, text).length()).isEqualTo(text.length());
    }

    @Test
    void hasAPhraseForEveryStatusOfAFlaw() {
        for (Flaw flaw : Flaw.values()) {
            assertThat(StatusLines.phrase(flaw.status())).as(flaw.code()).isNotEmpty();
        }
    }
}
