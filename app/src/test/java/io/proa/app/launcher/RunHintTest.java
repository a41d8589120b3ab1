package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RunHintTest {
    private static final JsonNode PLACE =
            JsonMapper.shared().valueToTree(Map.of("pod", "web-1", "service", "web"));

    @ParameterizedTest
    @EnumSource
    void saysAtOnceHowAServerIsReached(Mode mode) {
        JoinRequest server = request(mode, new Joining.Port(80, 8000));

        assertThat(RunHint.isForNow(server)).isTrue();
        assertThat(RunHint.isForLater(server, true)).isFalse();
        assertThat(RunHint.of(PLACE, server))
                .isEqualTo(
                        "web is reached as web:80 by programs under proa run, and from outside at"
                                + " 127.0.0.1:9090");
    }

    @Test
    void waitsWhetherAProgramWithoutAPortStays() {
        JoinRequest client = request(Mode.TRANSPARENT);

        assertThat(RunHint.isForNow(client)).isFalse();
        assertThat(RunHint.isForLater(client, true)).isTrue();
        assertThat(RunHint.of(PLACE, client))
                .isEqualTo("web can call others by name; to be called itself it needs --port PORT");
    }

    @Test
    void saysNothingOfAProgramWithoutAPortWhereNobodyReadsOrNobodyStays() {
        assertThat(RunHint.isForLater(request(Mode.TRANSPARENT), false)).isFalse();
        assertThat(RunHint.isForLater(request(Mode.EXPLICIT), true)).isFalse();
    }

    private static JoinRequest request(Mode mode, Joining.Port... ports) {
        return new JoinRequest(
                new Joining(
                        "web",
                        true,
                        List.of("true"),
                        Path.of("/"),
                        List.of(ports),
                        ports.length == 0
                                ? List.of()
                                : List.of(new FleetPlan.PublishedPort(9090, 80, 8000)),
                        AccessLogging.USUAL,
                        1,
                        0),
                List.of(),
                mode);
    }
}
