package io.proa.proving.identical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SeriesTest {
    private static final String PAGE =
            """
            # HELP proa_requests_total Exchanges that ended.
            # TYPE proa_requests_total counter
            proa_requests_total{service="callee-3.default",peer="spiffe://identical.proa/ns/default/sa/caller-1",reason="none"} 4
            # TYPE proa_request_duration_seconds histogram
            proa_request_duration_seconds_bucket{service="callee-3.default",le="+Inf"} 4
            proa_request_duration_seconds_sum{service="callee-3.default"} 0.25
            proa_request_duration_seconds_count{service="callee-3.default"} 4
            # TYPE proa_connections_open gauge
            proa_connections_open{direction="outbound"} 2
            # TYPE proa_connections_opened_total counter
            proa_connections_opened_total{direction="outbound"} 2
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total 1.5
            """;

    @Test
    void keepsWhatCountsAndNothingThatDependsOnTime() {
        assertThat(Series.read(PAGE))
                .containsExactly(
                        Map.entry(
                                "proa_request_duration_seconds_count{service=\"callee.default\"}",
                                4L),
                        Map.entry(
                                "proa_requests_total{service=\"callee.default\",peer=\"spiffe://identical.proa/ns/default/sa/caller\",reason=\"none\"}",
                                4L));
    }

    @Test
    void growthIsWhatIsMore() {
        assertThat(
                        Series.growth(
                                Map.of("a{}", 1L, "b{}", 2L),
                                Map.of("a{}", 1L, "b{}", 5L, "c{}", 1L)))
                .containsExactly(Map.entry("b{}", 3L), Map.entry("c{}", 1L));
    }

    @Test
    void theShortFormLeavesOutOnlyWhatIsExpected() {
        String expected =
                "{direction=\"outbound\",service=\"callee.default\",peer=\"spiffe://identical.proa/ns/default/sa/callee\",security=\"mutual_tls\",reason=\"none\"}";
        String plaintext = expected.replace("mutual_tls", "plaintext");
        String nobody = expected.replaceFirst("peer=\"[^\"]*\"", "peer=\"\"");
        assertThat(Series.brief(Map.of("proa_requests_total" + expected, 1L)))
                .isEqualTo("requests none 1");
        assertThat(Series.brief(Map.of("proa_requests_total" + plaintext, 1L)))
                .isEqualTo("requests plaintext none 1");
        assertThat(Series.brief(Map.of("proa_requests_total" + nobody, 1L)))
                .isEqualTo("requests direction=\"outbound\" peer=\"\" none 1");
    }
}
