package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.fleet.RunningPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EdgeBookTest {
    @Test
    void readsEdgesFromTheCallingSideOnly() throws IOException {
        SidecarStats stats =
                SidecarStats.parse(
                        stats(
                                line("outbound", "inventory.default", 100, 100, 0),
                                line("inbound", "orders.default", 90, 90, 0)));

        assertThat(stats.handled()).isEqualTo(190);
        assertThat(
                        EdgeBook.of(List.of(pod("orders-1", "orders")), Map.of("orders-1", stats))
                                .edges())
                .containsExactly(
                        new Edge("orders", "inventory", true, 100, 1, 110, 11, 10, 2.5, 250, 0.3));
    }

    @Test
    void joinsTheReplicasOfACaller() throws IOException {
        SidecarStats one =
                SidecarStats.parse(stats(line("outbound", "inventory.default", 100, 100, 0)));
        SidecarStats two =
                SidecarStats.parse(stats(line("outbound", "inventory.default", 50, 49, 1)));

        List<Edge> edges =
                EdgeBook.of(
                                List.of(
                                        pod("orders-1", "orders"),
                                        pod("orders-2", "orders"),
                                        pod("orders-3", "orders")),
                                Map.of("orders-1", one, "orders-2", two))
                        .edges();

        assertThat(edges)
                .singleElement()
                .satisfies(edge -> {
                    assertThat(edge.requests()).isEqualTo(150);
                    assertThat(edge.mutualTls())
                            .as("one request in plaintext is one too many")
                            .isFalse();
                });
    }

    @Test
    void leavesOutDestinationsOutsideTheMesh() throws IOException {
        SidecarStats stats = SidecarStats.parse(stats(line("outbound", "", 100, 0, 100)));

        assertThat(
                        EdgeBook.of(List.of(pod("orders-1", "orders")), Map.of("orders-1", stats))
                                .edges())
                .isEmpty();
    }

    @Test
    void countsOverTheAttemptsForWhatReallyHappened() {
        Edge edge = new Edge("a", "b", true, 100, 1, 110, 11, 10, 0, 0, 0);

        assertThat(edge.effective()).isEqualTo(0.99);
        assertThat(edge.actual()).isEqualTo(0.9);
        assertThat(new Edge("a", "b", true, 0, 0, 0, 0, 0, 0, 0, 0).effective()).isEqualTo(1);
    }

    @Test
    void tellsWhatHappenedLatelyFromWhatHappenedBefore() {
        Edge before = new Edge("a", "b", true, 100, 10, 110, 20, 10, 1, 2, 3);
        Edge now = new Edge("a", "b", true, 150, 10, 170, 30, 20, 1, 2, 3);

        assertThat(now.since(before))
                .isEqualTo(new Edge("a", "b", true, 50, 0, 60, 10, 20, 1, 2, 3));
        assertThat(before.since(now)).as("after a restart").isEqualTo(before);
        assertThat(now.since(now.none())).isEqualTo(now);
    }

    @Test
    void refusesWhatIsNoStatistics() {
        assertThatThrownBy(() -> SidecarStats.parse("{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("services");
        assertThatThrownBy(() -> SidecarStats.parse("no")).isInstanceOf(IOException.class);
    }

    private static RunningPod pod(String name, String service) {
        return new RunningPod(name, service, List.of(), 8080, Path.of("/nowhere"), 300);
    }

    private static String stats(String... lines) {
        return "{\"services\":["
                + String.join(",", lines)
                + "],\"process\":{\"rss_bytes\":45000000,\"cpu_seconds\":1.5,\"started_at\":1000.5}}";
    }

    private static String line(
            String direction, String service, long requests, long mutualTls, long plaintext) {
        return """
        {"direction":"%s","service":"%s","requests":%d,"failed":1,"attempts":%d,"failed_attempts":11,"retries":10,
        "mutual_tls":%d,"plaintext":%d,"p50_ms":2.5,"p99_ms":250,"added_p50_ms":0.3}\
        """
                .formatted(direction, service, requests, requests + 10, mutualTls, plaintext);
    }
}
