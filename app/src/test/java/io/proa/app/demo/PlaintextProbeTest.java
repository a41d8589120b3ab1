package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.demo.PlaintextProbe.Outcome;
import org.junit.jupiter.api.Test;

final class PlaintextProbeTest {
    @Test
    void countsAnEndWithoutAnswerAsRefused() {
        assertThat(PlaintextProbe.judge("").refused()).isTrue();
        assertThat(PlaintextProbe.judge("\u0015\u0003\u0003\u0000\u0002\u0002F").refused())
                .isTrue();
        assertThat(new Outcome.Silent().refused()).isFalse();
    }

    @Test
    void countsOnlyTheSidecarsOwnRefusal() {
        String head = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n";
        assertThat(PlaintextProbe.judge(head + "X-Proa-Reason: plaintext_refused\r\n\r\n"))
                .isEqualTo(new Outcome.Answered(403, "plaintext_refused"));
        assertThat(
                        PlaintextProbe.judge(head + "X-Proa-Reason: plaintext_refused\r\n\r\n")
                                .refused())
                .isTrue();
        assertThat(PlaintextProbe.judge(head + "\r\n").refused()).isFalse();
        assertThat(PlaintextProbe.judge("HTTP/1.1 200 OK\r\n\r\nhello").refused()).isFalse();
    }
}
