package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RestartPauseTest {
    @Test
    void doublesUpToHalfAMinute() {
        RestartPause pause = new RestartPause();
        List<String> pauses = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pauses.add(RestartPause.shown(pause.after(Duration.ofSeconds(1))));
        }
        assertThat(pauses)
                .containsExactly(
                        "0.2 s", "0.4 s", "0.8 s", "1 s", "3 s", "6 s", "12 s", "25 s", "30 s",
                        "30 s");
    }

    @Test
    void beginsAnewAfterALifeOfTenSeconds() {
        RestartPause pause = new RestartPause();
        pause.after(Duration.ZERO);
        pause.after(Duration.ZERO);

        assertThat(pause.after(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(200));
    }
}
