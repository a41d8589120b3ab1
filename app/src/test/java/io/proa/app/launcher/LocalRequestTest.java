package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalRequestTest {
    @Test
    void readsAPostWithItsQueryAndBody() throws IOException {
        LocalRequest request =
                read("POST /down?pod=a-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");

        assertThat(request).isEqualTo(new LocalRequest("POST", "/down", "pod=a-1", "abc"));
        assertThat(request.parameter("pod")).isEqualTo("a-1");
        assertThat(request.parameter("other")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /ps HTTP/1.1\r\nHost: x\r\n",
                "GET /ps HTTP/1.0\r\n\r\n",
                "GET  /ps HTTP/1.1\r\n\r\n",
                "DELETE /ps HTTP/1.1\r\n\r\n",
                "GET ps HTTP/1.1\r\n\r\n",
                "GET /ps HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /ps HTTP/1.1\r\n\r\nmore",
                "POST /join HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /join HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /join HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "POST /join HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
                "POST /join HTTP/1.1\r\nContent-Length: 999999\r\n\r\nabc"
            })
    void refusesWhatIsNotOneWholeRequest(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(LocalRequest.Malformed.class);
    }

    @Test
    void refusesAHeadWithoutEnd() {
        assertThatThrownBy(() -> read("GET /" + "a".repeat(9000)))
                .isInstanceOf(LocalRequest.Malformed.class)
                .hasMessageContaining("head of more than");
    }

    private static LocalRequest read(String text) throws IOException {
        return LocalRequest.read(
                Channels.newChannel(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
    }
}
