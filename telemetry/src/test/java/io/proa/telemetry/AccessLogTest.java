package io.proa.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AccessLogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static ExchangeRecord record(String path, int status) {
        ExchangeRecord record = new ExchangeRecord(Direction.INBOUND, 5_000_000);
        record.method = "GET";
        record.path = path;
        record.status = status;
        record.attempts = 1;
        record.endedAt = 8_500_000;
        record.remote = IpPort.parse("[fd00::1]:4711");
        return record;
    }

    private String[] lines() {
        String text = out.toString(StandardCharsets.US_ASCII);
        return text.isEmpty() ? new String[0] : text.split("\n");
    }

    @Test
    void writesOneObjectALine() {
        try (AccessLog log = new AccessLog(out, WallTime.anchored(0, 1_700_000_000_000L), 1)) {
            log.mode(AccessLog.Mode.ALL);
            ExchangeRecord record = record("/a/b?token=secret", 503);
            record.reason = Reason.UPSTREAM_RESET;
            record.detail = "10.0.0.1:80";
            record.attempts = 3;
            record.retriedFor[0] = Reason.UPSTREAM_RESET;
            record.retriedFor[1] = Reason.CONNECT_FAILED;
            log.lane(0).ended(record);
        }
        assertThat(lines()).hasSize(1);
        Map<String, Object> line = JsonReader.object(lines()[0]);
        assertThat(line)
                .containsEntry("time", "2023-11-14T22:13:20.005Z")
                .containsEntry("direction", "inbound")
                .containsEntry("path", "/a/b")
                .containsEntry("status", 503.0)
                .containsEntry("reason", "upstream_reset")
                .containsEntry("attempts", 3.0)
                .containsEntry("retried_for", List.of("upstream_reset", "connect_failed"))
                .containsEntry("duration_ms", 3.5);
        assertThat(out.toString(StandardCharsets.US_ASCII)).doesNotContain("secret");
    }

    @Test
    void escapesEveryByteAndBoundsEveryField() {
        StringBuilder every = new StringBuilder("/");
        for (int c = 0; c < 256; c++) {
            every.append(c == '?' ? ' ' : (char) c);
        }
        every.append("\ud800\u2028\uffff");
        try (AccessLog log = new AccessLog(out, WallTime.anchored(0, 0), 1)) {
            log.mode(AccessLog.Mode.ALL);
            log.lane(0).ended(record(every.toString(), 200));
            ExchangeRecord large = record("/" + "x".repeat(100_000), 200);
            large.authority = "y".repeat(100_000);
            large.method = "z".repeat(100_000);
            large.requestId = "i".repeat(100_000);
            log.lane(0).ended(large);
        }
        String[] lines = lines();
        assertThat(lines).hasSize(2);
        assertThat(JsonReader.object(lines[0])).containsEntry("path", every.toString());
        assertThat(lines[1].length()).isLessThan(2_500);
        for (byte b : out.toByteArray()) {
            assertThat(b == '\n' || (b >= ' ' && b < 0x7F)).isTrue();
        }
    }

    @Test
    void writesOnlyWhatTheModeAsksFor() {
        try (AccessLog log = new AccessLog(out, WallTime.anchored(0, 0), 2)) {
            log.lane(0).ended(record("/off", 500));
            log.mode(AccessLog.Mode.ERRORS);
            log.lane(0).ended(record("/good", 200));
            log.lane(0).ended(record("/bad", 500));
            log.lane(1).ended(record("/bad", 502));
            log.mode(AccessLog.Mode.ALL);
            log.lane(1).ended(record("/good", 204));
        }
        assertThat(lines()).hasSize(3);
        assertThat(out.toString(StandardCharsets.US_ASCII)).doesNotContain("/off");
    }

    @Test
    void dropsAndCountsRatherThanWait() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        OutputStream pipe =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("bytes come in blocks");
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        stuck.countDown();
                        try {
                            gate.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        out.write(bytes, offset, length);
                    }
                };
        try (AccessLog log = new AccessLog(pipe, WallTime.anchored(0, 0), 1, 16)) {
            log.mode(AccessLog.Mode.ALL);
            log.lane(0).ended(record("/first", 200));
            stuck.await();
            for (int i = 0; i < 100; i++) {
                log.lane(0).ended(record("/x", 200));
            }
            assertThat(log.dropped()).isEqualTo(84);
            gate.countDown();
        }
        assertThat(lines()).hasSize(17);
    }

    @Test
    void outlivesABrokenOutput() {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("no space left");
                    }
                };
        AccessLog log = new AccessLog(broken, WallTime.anchored(0, 0), 1);
        log.mode(AccessLog.Mode.ALL);
        log.lane(0).ended(record("/x", 200));
        log.close();
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void eventsAreOneLineEach() {
        try (EventLog events = new EventLog(out, () -> 0)) {
            events.info("identity_renewed", "not_after", "2026-01-01T00:00:00Z");
            events.warn("control_lost", "why", "line\r\nbreak \"quoted\" \u001b[31m");
            events.error("x");
        }
        String[] lines = lines();
        assertThat(lines).hasSize(3);
        assertThat(JsonReader.object(lines[0]))
                .containsEntry("level", "info")
                .containsEntry("event", "identity_renewed");
        assertThat(JsonReader.object(lines[1]))
                .containsEntry("why", "line\r\nbreak \"quoted\" \u001b[31m");
    }

    @Test
    void eventsNobodyReadsAreDropped() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        try {
                            gate.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        try (EventLog events = new EventLog(stuck, () -> 0)) {
            for (int i = 0; i < 5_000; i++) {
                events.info("flood");
            }
            assertThat(events.dropped()).isGreaterThanOrEqualTo(3_900);
            gate.countDown();
        }
    }
}
