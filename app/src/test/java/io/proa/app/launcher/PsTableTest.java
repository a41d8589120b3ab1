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

        assertThat(new PsTable(false, false, false).lines(List.of(report)))
                .containsExactly(
                        "NAME    READY   STATUS     RESTARTS   AGE    PORTS                  COMMAND",
                        "web-1   2/2     Running    0          12s    127.0.0.1:18000,8000   python3 x",
                        "job-1   1/2     Error(3)   2          5m0s   -                      a");
    }

    @Test
    void namesPortsAsCallersDoAndSaysHowThePodSpeaks() {
        JsonNode report =
                JsonMapper.shared()
                        .readTree(
                                """
                                {"fleet":"f","pods":[
                                 {"pod":"api-1","status":"running","command":["a"],"ports":[80,81],"target_ports":[9200,81],
                                  "sidecar_pid":7,"mesh":{"mutual_tls_peers":["b","c"],"plaintext_peers":["d","outside"]}},
                                 {"pod":"new-1","status":"running","command":["a"],"sidecar_pid":7,
                                  "mesh":{"mutual_tls_peers":[],"plaintext_peers":[]}},
                                 {"pod":"mute-1","status":"running","command":["a"],"sidecar_pid":0}]}
                                """);

        assertThat(new PsTable(false, false, true).lines(List.of(report)))
                .containsExactly(
                        "NAME     READY   STATUS    RESTARTS   AGE   PORTS        MESH                         COMMAND",
                        "api-1    2/2     Running   0          0s    80:9200,81   mTLS:2,plaintext:1,outside   a",
                        "new-1    2/2     Running   0          0s    -            -                            a",
                        "mute-1   1/2     Running   0          0s    -            unknown                      a");
    }

    @Test
    void countsWithWhomASidecarSpoke() {
        JsonNode mesh =
                MeshLook.of(
                        """
                        {"edges":[
                         {"direction":"outbound","service":"b.default","peer":"spiffe://f/ns/default/sa/b","mutual_tls":3,"plaintext":0},
                         {"direction":"inbound","service":"a.default","peer":"spiffe://f/ns/default/sa/c","mutual_tls":2,"plaintext":0},
                         {"direction":"inbound","service":"a.default","mutual_tls":0,"plaintext":4},
                         {"direction":"outbound","service":"d.default","mutual_tls":0,"plaintext":1}]}
                        """);

        assertThat(mesh.path("mutual_tls_peers").toString()).isEqualTo("[\"b\",\"c\"]");
        assertThat(mesh.path("mutual_tls").asLong()).isEqualTo(5);
        assertThat(mesh.path("plaintext_peers").toString()).isEqualTo("[\"d\",\"outside\"]");
        assertThat(mesh.path("plaintext").asLong()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "119, 119s", "200, 3m20s", "3600, 60m", "18720, 5h12m", "400000, 4d"})
    void writesAgesAsKubectlDoes(long seconds, String age) {
        assertThat(PsTable.age(seconds)).isEqualTo(age);
    }
}
