package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PsTableTest {
    @Test
    void alignsItsColumns() {
        JsonNode report =
                JsonMapper.shared()
                        .readTree(
                                """
                                {"fleet":"f","pods":[
                                 {"pod":"web-1","status":"running","restarts":0,"age_seconds":12.5,"command":["python3","x"],
                                  "ports":[8000],"published":[18000],"sidecar_pid":7,"exit_code":0},
                                 {"pod":"job-1","status":"ended","restarts":2,"age_seconds":300,"command":["a"],
                                  "ports":[],"published":[],"sidecar_pid":8,"exit_code":3}]}
                                """);

        assertThat(new PsTable(false, false).lines(List.of(report)))
                .containsExactly(
                        "NAME    READY   STATUS     RESTARTS   AGE    PORTS                  COMMAND",
                        "web-1   2/2     Running    0          12s    127.0.0.1:18000,8000   python3 x",
                        "job-1   1/2     Error(3)   2          5m0s   -                      a");
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "119, 119s", "200, 3m20s", "3600, 60m", "18720, 5h12m", "400000, 4d"})
    void writesAgesAsKubectlDoes(long seconds, String age) {
        assertThat(PsTable.age(seconds)).isEqualTo(age);
    }
}
