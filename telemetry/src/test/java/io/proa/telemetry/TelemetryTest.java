package io.proa.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import io.proa.telemetry.ExchangeObserver.Handshake;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private static final SidecarGauges GAUGES =
            new SidecarGauges() {
                @Override
                public long snapshotRevision() {
                    return 7;
                }

                @Override
                public long certificateExpiresAt() {
                    return 1_800_000_000;
                }

                @Override
                public long trustExpiresAt() {
                    return 1_900_000_000;
                }

                @Override
                public boolean controlConnected() {
                    return true;
                }
            };

    private static final SpiffeId ORDERS = SpiffeId.parse("spiffe://demo/ns/default/sa/orders");

    private final AccessLog accessLog =
            new AccessLog(OutputStream.nullOutputStream(), WallTime.anchored(0, 0), 2);
    private final Telemetry telemetry = new Telemetry("0.1.0", 2, 50, GAUGES, accessLog);
    private final ExchangeObserver one = telemetry.ofLoop(0);
    private final ExchangeObserver two = telemetry.ofLoop(1);

    private PrometheusParser page() {
        StringBuilder page = new StringBuilder();
        telemetry.page().writeTo(page);
        return PrometheusParser.parse(page.toString());
    }

    private static ExchangeRecord answered(int status, long millis) {
        ExchangeRecord record = new ExchangeRecord(Direction.OUTBOUND, 1_000);
        record.service = new ServiceName("default", "orders");
        record.peer = SpiffeId.parse(ORDERS.toString());
        record.security = Security.MUTUAL_TLS;
        record.method = "GET";
        record.status = status;
        record.attempts = 1;
        record.failedAttempts = status >= 500 ? 1 : 0;
        record.sentAt = 2_000;
        record.endedAt = 1_000 + millis * 1_000_000;
        record.addedNanos = 40_000;
        record.bytesReceived = 10;
        record.bytesSent = 100;
        return record;
    }

    private static final String EDGE =
            "direction=\"outbound\",service=\"orders.default\",peer=\"spiffe://demo/ns/default/sa/orders\",security=\"mutual_tls\"";

    @Test
    void anEmptyPageIsWellFormed() {
        PrometheusParser page = page();
        assertThat(page.value("proa_snapshot_revision")).isEqualTo(7);
        assertThat(page.value("proa_build_info{version=\"0.1.0\"}")).isEqualTo(1);
        assertThat(page.value("proa_identity_expiry_timestamp_seconds{element=\"certificate\"}"))
                .isEqualTo(1.8e9);
        assertThat(page.value("process_resident_memory_bytes")).isGreaterThan(1e6);
        assertThat(page.value("process_cpu_seconds_total")).isGreaterThan(0);
        assertThat(page.value("process_start_time_seconds")).isGreaterThan(1.7e9);
        assertThat(page.value("proa_inbound_refused_total{reason=\"plaintext_refused\",code=\"\"}"))
                .isZero();
    }

    @Test
    void joinsTheLoops() {
        one.ended(answered(200, 4));
        one.ended(answered(200, 4));
        two.ended(answered(201, 300));
        two.ended(answered(503, 4));
        PrometheusParser page = page();
        assertThat(
                        page.value(
                                "proa_requests_total{"
                                        + EDGE
                                        + ",method=\"GET\",status_class=\"2xx\",reason=\"none\"}"))
                .isEqualTo(3);
        assertThat(
                        page.value(
                                "proa_requests_total{"
                                        + EDGE
                                        + ",method=\"GET\",status_class=\"5xx\",reason=\"none\"}"))
                .isEqualTo(1);
        assertThat(page.value("proa_request_duration_seconds_bucket{" + EDGE + ",le=\"0.005\"}"))
                .isEqualTo(3);
        assertThat(page.value("proa_request_duration_seconds_bucket{" + EDGE + ",le=\"0.25\"}"))
                .isEqualTo(3);
        assertThat(page.value("proa_request_duration_seconds_bucket{" + EDGE + ",le=\"0.5\"}"))
                .isEqualTo(4);
        assertThat(page.value("proa_request_duration_seconds_count{" + EDGE + "}")).isEqualTo(4);
        assertThat(page.value("proa_added_latency_seconds_bucket{" + EDGE + ",le=\"0.00005\"}"))
                .isEqualTo(4);
        assertThat(page.value("proa_bytes_total{direction=\"outbound\",way=\"sent\"}"))
                .isEqualTo(400);
    }

    @Test
    void countsRetriesByWhatAskedForThem() {
        ExchangeRecord record = answered(200, 4);
        record.attempts = 3;
        record.failedAttempts = 2;
        record.retriedFor[0] = Reason.UPSTREAM_RESET;
        record.retriedFor[1] = Reason.UPSTREAM_STATUS;
        one.ended(record);
        ExchangeRecord exhausted = answered(503, 4);
        exhausted.budgetExhausted = true;
        one.ended(exhausted);
        PrometheusParser page = page();
        assertThat(page.value("proa_attempts_total{" + EDGE + "}")).isEqualTo(4);
        assertThat(page.value("proa_attempts_failed_total{" + EDGE + "}")).isEqualTo(3);
        assertThat(page.value("proa_retries_total{" + EDGE + ",reason=\"upstream_reset\"}"))
                .isEqualTo(1);
        assertThat(page.value("proa_retries_total{" + EDGE + ",reason=\"upstream_status\"}"))
                .isEqualTo(1);
        assertThat(page.value("proa_retry_budget_exhausted_total{" + EDGE + "}")).isEqualTo(1);
    }

    @Test
    void everySeriesAppearsOnceWhateverTheEdge() {
        for (Security security : Security.values()) {
            for (Direction direction : Direction.values()) {
                for (SpiffeId peer : new @Nullable SpiffeId[] {null, ORDERS}) {
                    for (long sentAt = 0; sentAt < 2; sentAt++) {
                        ExchangeRecord record = new ExchangeRecord(direction, 0);
                        record.security = security;
                        record.peer = peer;
                        record.sentAt = sentAt;
                        record.method = "GET";
                        record.status = 503;
                        record.attempts = 2;
                        record.retriedFor[0] = Reason.CONNECT_FAILED;
                        one.ended(record);
                        two.ended(record);
                    }
                }
            }
        }
        assertThat(page().samples).isNotEmpty();
    }

    @Test
    void canBeReadWhileALoopWrites() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        long[] written = new long[1];
        Thread loop =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; !stop.get(); i++) {
                                ExchangeRecord record = answered(i % 600, i % 4_000);
                                record.service = new ServiceName("default", "s" + i % 40);
                                one.ended(record);
                                written[0]++;
                            }
                        });
        double before = 0;
        for (int i = 0; i < 30; i++) {
            double now = requests(page());
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
            JsonReader.object(telemetry.stats().json());
        }
        stop.set(true);
        loop.join(10_000);
        assertThat(requests(page())).isEqualTo((double) written[0]);
    }

    private static double requests(PrometheusParser page) {
        return page.samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith("proa_requests_total{"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    @Test
    void countsConnectionsHandshakesAndRefusals() {
        one.connectionOpened(Direction.INBOUND, Security.MUTUAL_TLS);
        two.connectionOpened(Direction.INBOUND, Security.MUTUAL_TLS);
        two.connectionClosed(Direction.INBOUND, Security.MUTUAL_TLS);
        one.handshake(Direction.OUTBOUND, Handshake.RESUMED);
        one.inboundRefused(Reason.PLAINTEXT_REFUSED, "");
        two.inboundRefused(Reason.PLAINTEXT_REFUSED, "");
        two.inboundRefused(Reason.TLS_FAILED, "EXPIRED");
        PrometheusParser page = page();
        String inside = "{direction=\"inbound\",security=\"mutual_tls\"}";
        assertThat(page.value("proa_connections_opened_total" + inside)).isEqualTo(2);
        assertThat(page.value("proa_connections_open" + inside)).isEqualTo(1);
        assertThat(
                        page.value(
                                "proa_tls_handshakes_total{direction=\"outbound\",result=\"resumed\"}"))
                .isEqualTo(1);
        assertThat(page.value("proa_inbound_refused_total{reason=\"plaintext_refused\",code=\"\"}"))
                .isEqualTo(2);
        assertThat(page.value("proa_inbound_refused_total{reason=\"tls_failed\",code=\"EXPIRED\"}"))
                .isEqualTo(1);
    }

    @Test
    void capsTheNumberOfSeries() {
        for (int i = 0; i < 300; i++) {
            ExchangeRecord record = answered(200, 1);
            record.service = new ServiceName("default", "s" + i);
            one.ended(record);
        }
        PrometheusParser page = page();
        long series =
                page.samples.keySet().stream()
                        .filter(name -> name.startsWith("proa_requests_total{"))
                        .count();
        assertThat(series).isEqualTo(51);
        double all =
                page.samples.entrySet().stream()
                        .filter(sample -> sample.getKey().startsWith("proa_requests_total{"))
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
        assertThat(all).isEqualTo(300);
        assertThat(page.samples.keySet()).anyMatch(name -> name.contains("service=\"overflow\""));
    }

    @Test
    void capsTheSeriesOfOneEdgeToo() {
        for (int i = 0; i < 6; i++) {
            for (Reason reason : Reason.values()) {
                ExchangeRecord record = answered(i * 100, 1);
                record.reason = reason;
                one.ended(record);
            }
        }
        PrometheusParser page = page();
        assertThat(page.value("proa_attempts_total{" + EDGE + "}")).isEqualTo(6 * Reason.COUNT);
        double all =
                page.samples.entrySet().stream()
                        .filter(sample -> sample.getKey().startsWith("proa_requests_total{"))
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
        assertThat(all).isEqualTo(6 * Reason.COUNT);
    }

    @Test
    void capsRefusalsOfManyCodes() {
        for (int i = 0; i < 200; i++) {
            one.inboundRefused(Reason.TLS_FAILED, "code" + i);
        }
        PrometheusParser page = page();
        assertThat(
                        page.value(
                                "proa_inbound_refused_total{reason=\"tls_failed\",code=\"overflow\"}"))
                .isEqualTo(137);
    }

    @Test
    void unknownMethodsShareALabel() {
        for (String method : List.of("BREW", "get", "x\"}\n")) {
            ExchangeRecord record = answered(405, 1);
            record.method = method;
            one.ended(record);
        }
        PrometheusParser page = page();
        assertThat(
                        page.value(
                                "proa_requests_total{"
                                        + EDGE
                                        + ",method=\"OTHER\",status_class=\"4xx\",reason=\"none\"}"))
                .isEqualTo(3);
    }

    @Test
    void saysNothingOfSecurityWhereNothingWasSent() {
        ExchangeRecord record = new ExchangeRecord(Direction.OUTBOUND, 0);
        record.service = new ServiceName("default", "orders");
        record.method = "POST";
        record.status = 503;
        record.reason = Reason.CONNECT_FAILED;
        record.attempts = 3;
        record.failedAttempts = 3;
        one.ended(record);
        assertThat(page().samples)
                .containsKey(
                        "proa_requests_total{direction=\"outbound\",service=\"orders.default\",peer=\"\",security=\"none\","
                                + "method=\"POST\",status_class=\"5xx\",reason=\"connect_failed\"}");
        assertThat(telemetry.stats().json()).contains("\"plaintext\":0");
    }

    @Test
    void escapesLabels() {
        StringBuilder page = new StringBuilder();
        Exposition out = new Exposition(page);
        out.family("a_total", "counter", "A \\ line\nbreak.");
        out.sample(1, "x", "a\\b\"c\nd\u00e9");
        assertThat(page.toString())
                .isEqualTo(
                        "# HELP a_total A \\\\ line\\nbreak.\n# TYPE a_total counter\na_total{x=\"a\\\\b\\\"c\\nd\u00e9\"} 1\n");
        PrometheusParser.parse(page.toString());
    }

    @Test
    void theSummaryTellsEffectiveFromActualSuccess() {
        for (int i = 0; i < 9; i++) {
            one.ended(answered(200, 10));
        }
        ExchangeRecord retried = answered(200, 30);
        retried.attempts = 2;
        retried.failedAttempts = 1;
        retried.retriedFor[0] = Reason.UPSTREAM_STATUS;
        two.ended(retried);
        ExchangeRecord refused = new ExchangeRecord(Direction.OUTBOUND, 0);
        refused.service = new ServiceName("default", "orders");
        refused.method = "GET";
        refused.reason = Reason.NO_ENDPOINT;
        refused.status = 503;
        two.ended(refused);
        Map<String, Object> stats = JsonReader.object(telemetry.stats().json());
        assertThat(stats).containsEntry("revision", 7.0).containsEntry("version", "0.1.0");
        Map<?, ?> line =
                (Map<?, ?>)
                        ((List<?>) java.util.Objects.requireNonNull(stats.get("services")))
                                .getFirst();
        assertThat(line.get("service")).isEqualTo("orders.default");
        assertThat(line.get("requests")).isEqualTo(11.0);
        assertThat(line.get("failed")).isEqualTo(1.0);
        assertThat(line.get("retries")).isEqualTo(1.0);
        assertThat((Double) line.get("success_rate_actual")).isEqualTo(0.909091);
        assertThat(line.get("mtls")).isEqualTo(true);
        assertThat((Double) line.get("p50_ms")).isBetween(9.6, 10.4);
        assertThat((List<?>) stats.get("edges")).hasSize(2);
    }

    @Test
    void countingAllocatesNothingOnceASeriesExists() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ExchangeRecord[] records = new ExchangeRecord[64];
        for (int i = 0; i < records.length; i++) {
            records[i] = answered(i % 2 == 0 ? 200 : 503, i);
            records[i].service = new ServiceName("default", "s" + i % 8);
        }
        long before = 0;
        for (int round = 0; round < 2_000; round++) {
            if (round == 1_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            for (ExchangeRecord record : records) {
                one.ended(record);
            }
        }
        long perRecord =
                (threads.getCurrentThreadAllocatedBytes() - before) / (1_000 * records.length);
        assertThat(perRecord).isZero();
    }
}
