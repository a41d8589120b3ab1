package io.proa.proving.transparency;

import io.proa.proving.http2.Http2Stream;
import io.proa.proving.http2.Http2Stream.Heard;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Does the steps of one side of a stream of HTTP/2, and writes down what it sees: fields in their
/// order, bodies without their frames, how it ended.
final class Http2Performer {
    private static final long PATIENCE_MILLIS = 20_000;
    private static final int BLOCK = 64 * 1024;

    /// Begins a stream with its head.
    @FunctionalInterface
    interface Opening {
        Http2Stream open(Step.SayFields head) throws IOException, InterruptedException;
    }

    /// The stream can carry nothing more.
    private static final class Over extends Exception {
        private static final long serialVersionUID = 1;
    }

    private final Opening opening;
    private final List<Event> seen;
    private final List<Thread> asides = new ArrayList<>();
    private @Nullable Http2Stream stream;
    private boolean headHeard;
    private boolean theirsEnded;

    /// What has come with more than was asked for.
    private byte[] left = {};

    /// @param opening of a client's stream
    /// @param seen is added to
    Http2Performer(Opening opening, List<Event> seen) {
        this.opening = opening;
        this.seen = seen;
    }

    /// The server's request has come.
    void heard(Http2Stream begun, Event.Head head, boolean last) {
        stream = begun;
        headHeard = true;
        theirsEnded = last;
        seen.add(head);
    }

    /// A request's or response's head. In which order pseudo-header fields come says nothing.
    static Event.Head head(List<String> fields) {
        List<String> all = new ArrayList<>();
        fields.stream()
                .filter(field -> field.startsWith(":"))
                .sorted(Comparator.naturalOrder())
                .forEach(all::add);
        fields.stream().filter(field -> !field.startsWith(":")).forEach(all::add);
        String status = pseudo(fields, ":status: ");
        String line =
                status.isEmpty()
                        ? pseudo(fields, ":method: ") + " " + pseudo(fields, ":path: ") + " HTTP/2"
                        : "HTTP/2 " + status;
        return new Event.Head(line, all);
    }

    private static String pseudo(List<String> fields, String name) {
        for (String field : fields) {
            if (field.startsWith(name)) {
                return field.substring(name.length());
            }
        }
        return "";
    }

    void perform(List<Step> steps) throws InterruptedException {
        try {
            for (Step step : steps) {
                perform(step);
            }
        } catch (Over _) {
            // It has been written down how.
        } catch (IOException e) {
            seen.add(new Event.Note("failed: " + e.getMessage()));
        } finally {
            for (Thread aside : asides) {
                aside.join();
            }
        }
    }

    private void perform(Step step) throws IOException, InterruptedException, Over {
        switch (step) {
            case Step.SayFields say -> {
                if (stream == null) {
                    stream = opening.open(say);
                } else {
                    stream().fields(say.fields(), say.last());
                }
            }
            case Step.SayData(long size, long seed, Step.Pace pace, boolean last) ->
                    data(size, seed, pace, last);
            case Step.HearFields() -> fields();
            case Step.HearData(int size) -> exactly(size);
            case Step.HearMessage(Step.Pace pace) -> message(pace);
            case Step.EchoData() -> echo();
            case Step.HearReset() -> reset();
            case Step.ResetStream(int code) -> stream().reset(code);
            case Step.Rest(int millis) -> Thread.sleep(millis);
            case Step.Aside(List<Step> steps) -> asides.add(aside(steps));
            default -> throw new IllegalStateException(step + " is not for streams of HTTP/2");
        }
    }

    private Http2Stream stream() {
        Http2Stream open = stream;
        if (open == null) {
            throw new IllegalStateException("a stream begins with its head");
        }
        return open;
    }

    private Thread aside(List<Step> steps) {
        Http2Performer other = new Http2Performer(opening, new ArrayList<>());
        other.stream = stream;
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        other.perform(steps);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void data(long size, long seed, Step.Pace pace, boolean last)
            throws IOException, InterruptedException {
        int piece = pace.piece() == 0 ? BLOCK : Math.min(BLOCK, (pace.piece() + 7) / 8 * 8);
        byte[] block = new byte[piece];
        long done = 0;
        do {
            int length = (int) Math.min(piece, size - done);
            Content.write(seed, done, block, length);
            done += length;
            if (!stream().data(block, length, last && done == size)) {
                return;
            }
            if (pace.restMillis() > 0) {
                Thread.sleep(pace.restMillis());
            }
        } while (done < size);
    }

    private Heard hear(String where) throws IOException, InterruptedException, Over {
        Heard heard = stream().hear(PATIENCE_MILLIS);
        String end =
                switch (heard) {
                    case null -> "silence";
                    case Heard.Reset(int code) -> "reset with " + code;
                    case Heard.Gone(String how) -> "the connection: " + how;
                    case Heard.Fields _ -> "";
                    case Heard.Data _ -> "";
                };
        if (heard == null || !end.isEmpty()) {
            seen.add(new Event.End(end, where));
            throw new Over();
        }
        theirsEnded =
                heard instanceof Heard.Fields(_, boolean last) && last
                        || heard instanceof Heard.Data(_, boolean end2) && end2;
        return heard;
    }

    /// @return its status, 0 for a request's
    private int fields() throws IOException, InterruptedException, Over {
        if (!(hear("head") instanceof Heard.Fields(List<String> fields, _))) {
            seen.add(new Event.Note("data in the place of a head"));
            throw new Over();
        }
        headHeard = true;
        seen.add(head(fields));
        String status = pseudo(fields, ":status: ");
        return status.isEmpty() ? 0 : Integer.parseInt(status);
    }

    private void exactly(int size) throws IOException, InterruptedException, Over {
        MessageDigest digest = Content.digest();
        int rest = size;
        while (rest > 0) {
            if (left.length == 0) {
                if (theirsEnded || !(hear("body") instanceof Heard.Data(byte[] bytes, _))) {
                    seen.add(new Event.Note("the body ends " + rest + " bytes early"));
                    throw new Over();
                }
                left = bytes;
            }
            int n = Math.min(rest, left.length);
            digest.update(left, 0, n);
            left = java.util.Arrays.copyOfRange(left, n, left.length);
            rest -= n;
        }
        seen.add(new Event.Bytes(size, Content.shown(digest)));
    }

    private void message(Step.Pace pace) throws IOException, InterruptedException, Over {
        while (!headHeard) {
            headHeard = fields() >= 200;
        }
        headHeard = false; // the next message's is another
        if (theirsEnded) {
            seen.add(new Event.Body("none", 0, "", ""));
            return;
        }
        MessageDigest digest = Content.digest();
        long size = left.length;
        digest.update(left);
        left = new byte[0];
        List<String> trailers = List.of();
        while (!theirsEnded) {
            switch (hear("body")) {
                case Heard.Data(byte[] bytes, _) -> {
                    digest.update(bytes);
                    size += bytes.length;
                }
                case Heard.Fields(List<String> fields, _) -> trailers = fields;
                case Heard.Reset _, Heard.Gone _ -> throw new IllegalStateException();
            }
            if (pace.restMillis() > 0) {
                Thread.sleep(pace.restMillis());
            }
        }
        seen.add(new Event.Body("data", size, Content.shown(digest), ""));
        seen.add(new Event.Trailers(trailers));
    }

    private void echo() throws IOException, InterruptedException, Over {
        while (!theirsEnded) {
            if (hear("body") instanceof Heard.Data(byte[] bytes, boolean last)) {
                stream().data(bytes, bytes.length, last);
            }
        }
    }

    private void reset() throws IOException, InterruptedException, Over {
        while (!theirsEnded) {
            hear("");
        }
        // An end in order may be followed by one.
        hear("");
    }
}
