package io.proa.proving.sizes;

import io.proa.proving.http2.Http2End;
import io.proa.proving.http2.Http2Stream;
import io.proa.proving.http2.Http2Stream.Heard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Many streams on one connection of HTTP/2, all open at the same time, each with a body in both
/// directions at once.
final class Streams {
    static final List<String> HEADINGS =
            List.of(
                    "streams",
                    "open at a time",
                    "KiB each way on each",
                    "echoed whole",
                    "seconds",
                    "resident MiB of the caller's sidecar: first, most, last",
                    "of the callee's");
    private static final int HALF = 16 * 1024;
    private static final long PATIENCE_MILLIS = 60_000;

    private final MeshedPair pair;
    private final AtomicInteger whole = new AtomicInteger();

    /// What was heard instead of the end, and how often.
    private final Map<String, Integer> otherwise = new ConcurrentHashMap<>();

    Streams(MeshedPair pair) {
        this.pair = pair;
    }

    Finding run(int streams) throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        try (Growth growth = new Growth(pair.sidecars());
                Http2End end = Http2End.client(MeshedPair.open(pair.http2Door()))) {
            long began = System.nanoTime();
            int allowed = end.mostStreams();
            if (allowed < streams) {
                wrong.add("only " + allowed + " streams are allowed");
            }
            int asked = Math.min(streams, allowed);
            CountDownLatch halfWay = new CountDownLatch(asked);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < asked; i++) {
                Http2Stream stream =
                        end.open(
                                List.of(
                                        ":method: POST",
                                        ":scheme: http",
                                        ":authority: a",
                                        ":path: /" + i),
                                false);
                byte[] body = Content.of(i, 2 * HALF);
                threads.add(Thread.ofVirtual().start(() -> hear(stream, body, halfWay)));
                threads.add(Thread.ofVirtual().start(() -> say(stream, body, goOn)));
            }
            boolean all = halfWay.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            int open = end.openStreams();
            if (!all || open < streams) {
                wrong.add(
                        open + " were open at a time, and " + halfWay.getCount() + " had no echo");
            }
            goOn.countDown();
            for (Thread thread : threads) {
                thread.join(PATIENCE_MILLIS);
            }
            if (whole.get() < streams) {
                wrong.add(whole + " of " + streams + " were echoed whole: " + otherwise);
            }
            String trouble = pair.trouble();
            if (!trouble.isEmpty()) {
                wrong.add(trouble);
            }
            List<String> row = new ArrayList<>();
            row.add(Integer.toString(streams));
            row.add(Integer.toString(open));
            row.add(Integer.toString(2 * HALF / 1024));
            row.add(Integer.toString(whole.get()));
            row.add(Crowd.figure((System.nanoTime() - began) / 1e9));
            row.addAll(growth.cells());
            return new Finding(row, wrong);
        }
    }

    /// One half, and the other when all have heard the first.
    private static void say(Http2Stream stream, byte[] body, CountDownLatch goOn) {
        try {
            stream.data(body, HALF, false);
            goOn.await();
            stream.data(Arrays.copyOfRange(body, HALF, 2 * HALF), HALF, true);
        } catch (IOException _) {
            // It is counted by not being counted.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String told(@Nullable Heard heard, int after) {
        String what =
                switch (heard) {
                    case null -> "silence";
                    case Heard.Fields(List<String> fields, _) -> fields.getFirst();
                    case Heard.Data _ -> "other bytes";
                    case Heard.Reset(int code) -> "reset with " + code;
                    case Heard.Gone(String how) -> "the connection ended: " + how;
                };
        return what + " after " + after + " bytes";
    }

    private void hear(Http2Stream stream, byte[] body, CountDownLatch halfWay) {
        try {
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            Heard heard = stream.hear(PATIENCE_MILLIS);
            if (heard instanceof Heard.Fields(_, boolean end) && !end) {
                heard = stream.hear(PATIENCE_MILLIS);
            }
            while (heard instanceof Heard.Data(byte[] bytes, boolean end)) {
                boolean before = got.size() < HALF;
                got.writeBytes(bytes);
                if (before && got.size() >= HALF) {
                    halfWay.countDown();
                }
                if (end && Arrays.equals(got.toByteArray(), body)) {
                    whole.incrementAndGet();
                }
                if (end) {
                    return;
                }
                heard = stream.hear(PATIENCE_MILLIS);
            }
            otherwise.merge(told(heard, got.size()), 1, Integer::sum);
        } catch (IOException _) {
            // As above.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
