package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoReportTest {
    private static final Edge CALM =
            new Edge("front", "orders", true, 1000, 0, 1000, 0, 0, 4.1, 20, 0.3);
    private static final Edge MOODY =
            new Edge("orders", "inventory", true, 1000, 1, 1110, 111, 110, 2.5, 255, 0.25);

    @Test
    void printsTheAgreedObject() {
        assertThat(report(CALM, MOODY).json().replaceAll("\\s", ""))
                .isEqualTo(
                        """
                        {"languages":["node","python","go"],"services":["front","orders","inventory"],
                        "edges":[{"from":"front","to":"orders","mtls":true,"requests":1000,
                        "success_rate_effective":1.0,"success_rate_actual":1.0,"retries":0,"p50_ms":4.1,"p99_ms":20.0,"added_p50_ms":0.3},
                        {"from":"orders","to":"inventory","mtls":true,"requests":1000,
                        "success_rate_effective":0.999,"success_rate_actual":0.9,"retries":110,"p50_ms":2.5,"p99_ms":255.0,"added_p50_ms":0.25}],
                        "plaintext_attempts_refused":12,
                        "sidecars":[{"rss_mb":45.2,"cpu_us_per_request":180.5,"ready_ms":310}],
                        "ok":true}
                        """
                                .replaceAll("\\s", ""));
    }

    @Test
    void isOkOnlyWhenAllPromisesHold() {
        assertThat(report(CALM, MOODY).shortcomings()).isEmpty();
        assertThat(report(CALM).shortcomings())
                .singleElement()
                .asString()
                .contains("visibly lower");
        assertThat(report().ok()).isFalse();
        assertThat(
                        report(MOODY, new Edge("a", "b", false, 10, 0, 10, 0, 0, 1, 1, 1))
                                .shortcomings())
                .containsExactly("a -> b: some requests were not encrypted");
        assertThat(
                        report(MOODY, new Edge("a", "b", true, 1000, 6, 1000, 6, 0, 1, 1, 1))
                                .shortcomings())
                .containsExactly(
                        "a -> b: success as the app sees it is 99.40 %; expected at least 99.50 %");
        assertThat(report(MOODY, new Edge("a", "b", true, 0, 0, 0, 0, 0, 0, 0, 0)).shortcomings())
                .containsExactly("a -> b: no requests were seen");
    }

    @Test
    void isNotOkWhenAPlaintextAttemptGotThrough() {
        DemoReport report = new DemoReport(List.of(), List.of(), List.of(MOODY), 12, 11, List.of());
        assertThat(report.shortcomings())
                .containsExactly("1 of 12 plaintext attempts were not refused");
    }

    private static DemoReport report(Edge... edges) {
        return new DemoReport(
                List.of("node", "python", "go"),
                List.of("front", "orders", "inventory"),
                List.of(edges),
                12,
                12,
                List.of(new DemoReport.SidecarFacts(45.26, 180.54, 310)));
    }
}
