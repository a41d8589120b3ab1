package io.proa.proving.bench;

import io.proa.formats.ChunkedBody;
import io.proa.formats.MalformedHead;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Following a chunked body to its end: sixteen chunks of 256 bytes, and a single one of 4096.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChunkFollowing {
    private static final String SMALL =
            ("100\r\n" + "x".repeat(256) + "\r\n").repeat(16) + "0\r\n\r\n";
    private static final String LARGE = "1000\r\n" + "x".repeat(4096) + "\r\n0\r\n\r\n";

    private final ByteBuffer small = Messages.direct(SMALL);
    private final ByteBuffer large = Messages.direct(LARGE);
    private final ChunkedBody body = new ChunkedBody();

    @Benchmark
    public int sixteenChunks() throws MalformedHead {
        body.reset();
        return body.advance(small, 0, SMALL.length());
    }

    @Benchmark
    public int oneChunk() throws MalformedHead {
        body.reset();
        return body.advance(large, 0, LARGE.length());
    }
}
