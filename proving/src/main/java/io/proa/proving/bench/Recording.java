package io.proa.proving.bench;

import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import io.proa.telemetry.AccessLog;
import io.proa.telemetry.ExchangeObserver;
import io.proa.telemetry.LatencyHistogram;
import io.proa.telemetry.Telemetry;
import io.proa.telemetry.TraceContext;
import io.proa.telemetry.WallTime;
import io.proa.traffic.Dice;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What it costs to count a finished exchange, and to read all counts.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Recording {
    private final AccessLog log =
            new AccessLog(OutputStream.nullOutputStream(), WallTime.anchored(0, 0), 1);
    private final Telemetry telemetry = new Telemetry("bench", 1, new NoGauges(), log);
    private final ExchangeObserver observer = telemetry.ofLoop(0);
    private final ExchangeRecord[] records = new ExchangeRecord[64];
    private final LatencyHistogram histogram = new LatencyHistogram();
    private final Dice dice = Dice.seeded(1);
    private final ByteBuffer traceparent = ByteBuffer.wrap(TraceContext.made(dice, true));
    private int next;

    public Recording() {
        for (int i = 0; i < records.length; i++) {
            ExchangeRecord record =
                    new ExchangeRecord(i % 2 == 0 ? Direction.INBOUND : Direction.OUTBOUND, 0);
            record.service = new ServiceName("default", "service-" + i % 8);
            record.peer = SpiffeId.parse("spiffe://mesh/ns/default/sa/account-" + i % 8);
            record.security = Security.MUTUAL_TLS;
            record.method = i % 3 == 0 ? "POST" : "GET";
            record.status = i % 10 == 0 ? 503 : 200;
            record.attempts = 1;
            record.endedAt = i * 200_000L;
            record.addedNanos = 40_000 + i * 500L;
            records[i] = record;
            observer.ended(record);
        }
    }

    @Benchmark
    public void count() {
        observer.ended(records[next++ & 63]);
    }

    @Benchmark
    public void recordLatency() {
        histogram.record(next++ * 1_000L);
    }

    @Benchmark
    public boolean checkTraceparent() {
        return TraceContext.valid(traceparent, 0, TraceContext.LENGTH);
    }

    @Benchmark
    public byte[] makeTraceparent() {
        return TraceContext.made(dice, true);
    }

    @Benchmark
    public int writePage() {
        StringBuilder page = new StringBuilder(64 * 1024);
        telemetry.page().writeTo(page);
        return page.length();
    }
}
