package io.proa.proving.transparency;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Does the steps of one side of a connection, and writes down what it sees.
final class Performer {
    private static final int MOST_CHUNKS_SHOWN = 12;

    private final Wire wire;
    private final List<Event> seen;
    private final List<Thread> asides = new ArrayList<>();
    private Event.@Nullable Head head;
    private String where = "";
    private boolean over;

    /// @param seen is added to
    Performer(Wire wire, List<Event> seen) {
        this.wire = wire;
        this.seen = seen;
    }

    /// Whether the connection can carry nothing more.
    boolean over() {
        return over;
    }

    /// The head that was read last, for a body to follow it.
    void heard(Event.Head first) {
        head = first;
    }

    /// Does one step after the other, as far as the other side lets it.
    void perform(List<Step> steps) throws InterruptedException {
        try {
            for (Step step : steps) {
                if (over) {
                    return;
                }
                perform(step);
            }
        } catch (Wire.Ended e) {
            over = true;
            seen.add(new Event.End(e.how, where));
        } catch (IOException e) {
            over = true;
            seen.add(new Event.Note("failed: " + e.getMessage()));
        } finally {
            for (Thread aside : asides) {
                aside.join();
            }
            asides.clear();
        }
    }

    private void perform(Step step) throws IOException, InterruptedException {
        where = "";
        switch (step) {
            case Step.Say(String bytes, Step.Pace pace) -> wire.write(bytes, pace);
            case Step.Fill(long size, long seed, Step.Pace pace) -> fill(size, seed, pace);
            case Step.HearHead() -> head();
            case Step.HearBody(Step.Pace pace) -> body("", pace);
            case Step.HearResponse(String method, Step.Pace pace) -> response(method, pace);
            case Step.HearExactly(long size, Step.Pace pace) -> exactly(size, pace);
            case Step.HearEnd(int quietMillis) -> end(quietMillis);
            case Step.Echo() -> echo();
            case Step.Rest(int millis) -> Thread.sleep(millis);
            case Step.EndOutput() -> wire.endOutput();
            case Step.Close() -> {
                over = true;
                wire.close();
            }
            case Step.Reset() -> {
                over = true;
                wire.reset();
            }
            case Step.Aside(List<Step> steps) -> asides.add(aside(steps));
            case Step.Framed framed ->
                    throw new IllegalStateException(framed + " is for streams of HTTP/2");
        }
    }

    private Thread aside(List<Step> steps) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        new Performer(wire, new ArrayList<>()).perform(steps);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void fill(long size, long seed, Step.Pace pace) throws InterruptedException {
        byte[] block = new byte[(int) Math.min(256 * 1024, Math.max(1, size))];
        for (long done = 0; done < size && !wire.isDeaf(); done += block.length) {
            int length = (int) Math.min(block.length, size - done);
            Content.write(seed, done, block, length);
            wire.write(block, length, pace);
        }
    }

    private Event.Head head() throws IOException {
        where = "head";
        String text = wire.head();
        if (text == null) {
            where = "";
            throw new Wire.Ended("fin");
        }
        Event.Head read = parse(text);
        head = read;
        seen.add(read);
        return read;
    }

    static Event.Head parse(String text) {
        List<String> lines = Arrays.asList(text.split("\r\n", -1));
        return new Event.Head(lines.getFirst(), lines.subList(1, lines.size()));
    }

    private void response(String method, Step.Pace pace) throws IOException, InterruptedException {
        Event.Head read = head();
        while (status(read) < 200 && status(read) != 101) {
            read = head();
        }
        body(method, pace);
    }

    private static int status(Event.Head head) {
        String[] words = head.line().split(" ", 3);
        try {
            return words.length < 2 ? 0 : Integer.parseInt(words[1]);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// The last value of a field, in lower case.
    static @Nullable String value(Event.Head head, String name) {
        String found = null;
        for (String field : head.fields()) {
            int colon = field.indexOf(':');
            if (colon > 0 && field.substring(0, colon).equalsIgnoreCase(name)) {
                found = field.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
            }
        }
        return found;
    }

    private void body(String method, Step.Pace pace) throws IOException, InterruptedException {
        Event.Head of = head;
        if (of == null) {
            return;
        }
        where = "body";
        boolean response = of.line().startsWith("HTTP/");
        int status = response ? status(of) : 0;
        String length = value(of, "Content-Length");
        if (response && (method.equals("HEAD") || status < 200 || status == 204 || status == 304)) {
            seen.add(new Event.Body("none", 0, "", ""));
        } else if ("chunked".equals(value(of, "Transfer-Encoding"))) {
            chunked(pace);
        } else if (length != null) {
            MessageDigest digest = Content.digest();
            long size = Long.parseLong(length);
            take(size, digest, pace);
            seen.add(new Event.Body("length", size, Content.shown(digest), ""));
        } else if (response) {
            untilClose(pace);
        } else {
            seen.add(new Event.Body("none", 0, "", ""));
        }
    }

    private void chunked(Step.Pace pace) throws IOException, InterruptedException {
        MessageDigest digest = Content.digest();
        List<String> chunks = new ArrayList<>();
        long total = 0;
        long size;
        do {
            String line = wire.line();
            chunks.add(line);
            int extension = line.indexOf(';');
            String digits = extension < 0 ? line : line.substring(0, extension);
            size = Long.parseLong(digits.strip(), 16);
            take(size, digest, pace);
            total += size;
            if (size > 0) {
                wire.line();
            }
        } while (size > 0);
        List<String> trailers = new ArrayList<>();
        for (String field = wire.line(); !field.isEmpty(); field = wire.line()) {
            trailers.add(field);
        }
        seen.add(new Event.Body("chunked", total, Content.shown(digest), shown(chunks)));
        seen.add(new Event.Trailers(trailers));
    }

    private static String shown(List<String> chunks) {
        String all = String.join(" ", chunks);
        if (chunks.size() <= MOST_CHUNKS_SHOWN) {
            return all;
        }
        MessageDigest digest = Content.digest();
        digest.update(Event.bytes(all));
        return chunks.size() + " chunks " + Content.shown(digest);
    }

    private void untilClose(Step.Pace pace) throws IOException, InterruptedException {
        MessageDigest digest = Content.digest();
        long size = 0;
        try {
            while (true) {
                size += some(Long.MAX_VALUE, digest, pace);
            }
        } catch (Wire.Ended e) {
            if (!e.how.equals("fin")) {
                throw e;
            }
            seen.add(new Event.Body("close", size, Content.shown(digest), ""));
            over = true;
        }
    }

    private void take(long size, MessageDigest digest, Step.Pace pace)
            throws IOException, InterruptedException {
        for (long rest = size; rest > 0; ) {
            rest -= some(rest, digest, pace);
        }
    }

    private final byte[] block = new byte[64 * 1024];

    private int some(long most, MessageDigest digest, Step.Pace pace)
            throws IOException, InterruptedException {
        int piece = pace.piece() == 0 ? block.length : Math.min(pace.piece(), block.length);
        int n = wire.read(block, (int) Math.min(most, piece));
        digest.update(block, 0, n);
        if (pace.restMillis() > 0) {
            Thread.sleep(pace.restMillis());
        }
        return n;
    }

    private void exactly(long size, Step.Pace pace) throws IOException, InterruptedException {
        where = "bytes";
        MessageDigest digest = Content.digest();
        take(size, digest, pace);
        seen.add(new Event.Bytes(size, Content.shown(digest)));
    }

    private void end(int quietMillis) throws IOException, InterruptedException {
        MessageDigest digest = Content.digest();
        long size = 0;
        String how;
        wire.patience(quietMillis);
        try {
            while (true) {
                size += some(Long.MAX_VALUE, digest, Step.Pace.FULL);
            }
        } catch (Wire.Ended e) {
            how = e.how.equals("silence") ? "open" : e.how;
        }
        wire.usualPatience();
        // How much of what was on its way a reset lets through is chance.
        if (size > 0 && !how.equals("rst")) {
            seen.add(new Event.Bytes(size, Content.shown(digest)));
        }
        seen.add(new Event.End(how, ""));
    }

    private void echo() throws IOException, InterruptedException {
        MessageDigest digest = Content.digest();
        byte[] bytes = new byte[16 * 1024];
        long size = 0;
        try {
            while (true) {
                int n = wire.read(bytes, bytes.length);
                digest.update(bytes, 0, n);
                size += n;
                wire.write(bytes, n, Step.Pace.FULL);
            }
        } catch (Wire.Ended e) {
            seen.add(new Event.Bytes(size, Content.shown(digest)));
            seen.add(new Event.End(e.how, ""));
        }
        wire.endOutput();
    }
}
