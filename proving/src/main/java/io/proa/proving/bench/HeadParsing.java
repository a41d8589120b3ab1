package io.proa.proving.bench;

import io.proa.formats.HeadLimits;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Reading a whole head from a direct buffer.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadParsing {
    private final ByteBuffer service = Messages.direct(Messages.SERVICE_REQUEST);
    private final ByteBuffer browser = Messages.direct(Messages.BROWSER_REQUEST);
    private final ByteBuffer response = Messages.direct(Messages.RESPONSE);
    private final int serviceEnd = Messages.SERVICE_REQUEST.length();
    private final int browserEnd = Messages.BROWSER_REQUEST.length();
    private final int responseEnd = Messages.RESPONSE.length();
    private final MessageHead head = new MessageHead();

    @Benchmark
    public boolean serviceRequest() throws MalformedHead {
        return head.parseRequest(service, 0, serviceEnd, HeadLimits.DEFAULT);
    }

    @Benchmark
    public boolean browserRequest() throws MalformedHead {
        return head.parseRequest(browser, 0, browserEnd, HeadLimits.DEFAULT);
    }

    @Benchmark
    public boolean response() throws MalformedHead {
        return head.parseResponse(response, 0, responseEnd, HeadLimits.DEFAULT, Method.GET);
    }
}
