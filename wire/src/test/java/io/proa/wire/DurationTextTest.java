package io.proa.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "0s,0",
        "300ms,300",
        "5s,5000",
        "1m30s,90000",
        "1h2m3s4ms,3723004",
        "99999h,359996400000"
    })
    void readsAndWritesGoDurations(String text, long millis) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(DurationText.format(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "5 s",
                "-5s",
                "1.5s",
                "5us",
                "100000s",
                "1s1s1s1s1s",
                "5S",
                "٥s",
                "5sms"
            })
    void refusesOthers(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("saw '%s', expected a duration such as 300ms, 5s or 1m30s", text);
    }

    @Test
    void writesRunsOfStatusesAsRanges() {
        var statuses = new TreeSet<Integer>();
        StatusCodes.parseInto("gateway-error", statuses);
        StatusCodes.parseInto("429", statuses);
        StatusCodes.parseInto("598-599", statuses);
        assertThat(StatusCodes.format(statuses)).containsExactly("429", "502-504", "598", "599");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "399", "600", "504-500", "5xxx", "+503", "-503", "503-", "０503"})
    void refusesOtherStatuses(String text) {
        assertThatThrownBy(() -> StatusCodes.parseInto(text, new TreeSet<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("saw '" + text + "', expected a status");
    }
}
