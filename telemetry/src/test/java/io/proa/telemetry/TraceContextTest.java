package io.proa.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.traffic.Dice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final Dice dice = Dice.seeded(5);

    private static boolean valid(String header) {
        byte[] bytes = ("ab" + header + "c").getBytes(StandardCharsets.ISO_8859_1);
        return TraceContext.valid(ByteBuffer.wrap(bytes), 2, header.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                "00-00000000000000000000000000000001-0000000000000001-ff",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later"
            })
    void acceptsWhatTheSpecificationAllows(String header) {
        assertThat(valid(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void refusesEverythingElse(String header) {
        assertThat(valid(header)).isFalse();
    }

    @Test
    void makesValidAndDistinctTraces() {
        Set<String> traces = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] made = TraceContext.made(dice, true);
            assertThat(made).hasSize(TraceContext.LENGTH);
            assertThat(TraceContext.valid(ByteBuffer.wrap(made), 0, made.length)).isTrue();
            assertThat(made[54]).isEqualTo((byte) '1');
            assertThat(traces.add(TraceContext.traceId(made))).isTrue();
        }
        byte[] silent = TraceContext.made(dice, false);
        assertThat(silent[54]).isEqualTo((byte) '0');
        byte[] unlucky = TraceContext.made(() -> 0, true);
        assertThat(TraceContext.valid(ByteBuffer.wrap(unlucky), 0, unlucky.length)).isTrue();
    }

    @Test
    void continuesATraceUnderANewParent() {
        ByteBuffer from =
                ByteBuffer.wrap(
                        ("xyz" + GOOD.replace("-01", "-03")).getBytes(StandardCharsets.US_ASCII));
        byte[] next = TraceContext.continued(from, 3, dice);
        String text = new String(next, StandardCharsets.US_ASCII);
        assertThat(text)
                .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
                .endsWith("-01")
                .doesNotContain("00f067aa0ba902b7");
        assertThat(TraceContext.traceId(from, 3)).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(from.position()).isZero();
    }

    @Test
    void keepsARequestIdOnlyWhereItIsAHarmlessToken() {
        assertThat(keeps("a")).isTrue();
        assertThat(keeps("x".repeat(128))).isTrue();
        assertThat(keeps("8a6e0804-2bd0-4672-b79d-d97027f9071a!#$%&'*+.^_`|~")).isTrue();
        assertThat(keeps("")).isFalse();
        assertThat(keeps("x".repeat(129))).isFalse();
        for (String bad :
                new String[] {
                    "a b", "a\r\nb", "a\tb", "a,b", "a\"b", "a;b", "a=b", "\u00e9", "a\u0000", "{}",
                    "a/b", "\u007f"
                }) {
            assertThat(keeps(bad)).as(bad).isFalse();
        }
    }

    @Test
    void makesRequestIdsThatLookLikeRandomUuids() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] made = RequestId.made(dice);
            String id = new String(made, StandardCharsets.US_ASCII);
            assertThat(id)
                    .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            assertThat(RequestId.valid(ByteBuffer.wrap(made), 0, made.length)).isTrue();
            assertThat(ids.add(id)).isTrue();
        }
    }

    private static boolean keeps(String id) {
        byte[] bytes = ("<" + id + ">").getBytes(StandardCharsets.ISO_8859_1);
        return RequestId.valid(ByteBuffer.wrap(bytes), 1, id.length());
    }
}
