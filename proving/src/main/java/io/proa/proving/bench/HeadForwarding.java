package io.proa.proving.bench;

import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.HeadWriter;
import io.proa.formats.KnownHeader;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Writing a read head for the next hop, with the edits an outbound sidecar makes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadForwarding {
    private static final byte[] ATTEMPT = "x-proa-attempt: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DEADLINE =
            "x-proa-deadline-ms: ".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer source = Messages.direct(Messages.SERVICE_REQUEST);
    private final ByteBuffer responseSource = Messages.direct(Messages.RESPONSE);
    private final ByteBuffer out = Messages.direct("");
    private final MessageHead request = new MessageHead();
    private final MessageHead response = new MessageHead();
    private final HeadEdits edits = new HeadEdits();

    @Setup
    public void read() throws MalformedHead {
        request.parseRequest(source, 0, Messages.SERVICE_REQUEST.length(), HeadLimits.DEFAULT);
        response.parseResponse(
                responseSource, 0, Messages.RESPONSE.length(), HeadLimits.DEFAULT, Method.GET);
    }

    @Benchmark
    public boolean request() {
        edits.clear();
        edits.remove(KnownHeader.X_PROA_ATTEMPT);
        edits.remove(KnownHeader.X_PROA_DEADLINE_MS);
        edits.add(ATTEMPT, 1);
        edits.add(DEADLINE, 14_982);
        out.clear();
        return HeadWriter.forwardRequest(request, source, out, edits);
    }

    @Benchmark
    public boolean response() {
        edits.clear();
        edits.remove(KnownHeader.X_PROA_REASON);
        out.clear();
        return HeadWriter.forwardResponse(response, responseSource, out, edits);
    }
}
