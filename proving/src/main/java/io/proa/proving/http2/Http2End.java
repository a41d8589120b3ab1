package io.proa.proving.http2;

import io.proa.formats.PlainHpack;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One end of a connection. A virtual thread of its own reads; streams are written by anybody.
public final class Http2End implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MOST_STREAMS = 2000;
    private static final int LARGEST = 16_384;
    private static final int PATIENCE_SECONDS = 60;
    private static final int WINDOW = 65_535;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final boolean client;
    private final Consumer<Http2Stream> accepted;
    private final DataInputStream in;
    private final OutputStream out;
    private final FieldWriter writer = new FieldWriter();
    private final PlainHpack reader = new PlainHpack(4096);
    private final Map<Integer, Http2Stream> streams = new TreeMap<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();

    /// Guards all that follows, and writing.
    private final ReentrantLock lock = new ReentrantLock();

    /// Fewer streams are open, or the peer has said how many may be.
    private final Condition fewer = lock.newCondition();

    /// The connection's window has grown; told to one who waits, who tells the next.
    private final Condition room = lock.newCondition();

    private boolean blockIsLast;
    private int window = WINDOW;
    private int initialWindow = WINDOW;
    private int mostStreams = Integer.MAX_VALUE;
    private int nextId = 1;

    /// Taken, and not yet given back to the connection's window.
    private int untold;

    private boolean greeted;
    private String goAway = "";
    private String gone = "";

    private Http2End(Socket socket, boolean client, Consumer<Http2Stream> accepted)
            throws IOException {
        this.socket = socket;
        this.client = client;
        this.accepted = accepted;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 15);
        socket.setTcpNoDelay(true);
    }

    /// The client's; greets.
    public static Http2End client(Socket socket) throws IOException {
        Http2End end = new Http2End(socket, true, _ -> {});
        end.out.write(PREFACE);
        end.frame(SETTINGS, 0, 0, new byte[] {0, 2, 0, 0, 0, 0}, 6);
        end.out.flush();
        Thread.ofVirtual().start(end::read);
        return end;
    }

    /// The server's; returns when the connection has ended.
    ///
    /// @param accepted told of each stream with its head in it; must not block
    public static void serve(Socket socket, Consumer<Http2Stream> accepted) throws IOException {
        Http2End end = new Http2End(socket, false, accepted);
        if (!Arrays.equals(end.in.readNBytes(PREFACE.length), PREFACE)) {
            throw new IOException("no preface of HTTP/2");
        }
        ByteBuffer most = ByteBuffer.allocate(6).putShort((short) MAX_CONCURRENT_STREAMS);
        end.frame(SETTINGS, 0, 0, most.putInt(MOST_STREAMS).array(), 6);
        end.out.flush();
        end.read();
    }

    /// Begins a stream; waits while the peer allows no more.
    public Http2Stream open(List<String> fields, boolean last)
            throws IOException, InterruptedException {
        lock.lock();
        try {
            while (gone.isEmpty() && (!greeted || streams.size() >= mostStreams)) {
                await(fewer);
            }
            Http2Stream stream = new Http2Stream(this, nextId, initialWindow, lock.newCondition());
            nextId += 2;
            streams.put(stream.id, stream);
            if (!gone.isEmpty()) {
                stream.came(new Http2Stream.Heard.Gone(gone));
            }
            fields(stream, fields, last);
            return stream;
        } finally {
            lock.unlock();
        }
    }

    /// How many the peer allows at a time, once it has said so.
    public int mostStreams() throws IOException, InterruptedException {
        lock.lock();
        try {
            while (gone.isEmpty() && !greeted) {
                await(fewer);
            }
            return mostStreams;
        } finally {
            lock.unlock();
        }
    }

    /// How many are open now.
    public int openStreams() {
        lock.lock();
        try {
            return streams.size();
        } finally {
            lock.unlock();
        }
    }

    void fields(Http2Stream stream, List<String> fields, boolean last) throws IOException {
        lock.lock();
        try {
            if (stream.over) {
                return;
            }
            byte[] all = writer.block(fields);
            for (int at = 0; at == 0 || at < all.length; at += LARGEST) {
                int next = Math.min(all.length, at + LARGEST);
                int flags =
                        (next == all.length ? END_HEADERS : 0) | (at == 0 && last ? END_STREAM : 0);
                byte[] part = Arrays.copyOfRange(all, at, next);
                frame(at == 0 ? HEADERS : CONTINUATION, flags, stream.id, part, part.length);
            }
            ended(stream, last, false);
            flush();
        } finally {
            lock.unlock();
        }
    }

    boolean data(Http2Stream stream, byte[] bytes, int length, boolean last)
            throws IOException, InterruptedException {
        lock.lock();
        try {
            int at = 0;
            do {
                while (!stream.over && gone.isEmpty() && at < length && waits(stream)) {
                    await(stream.window <= 0 ? stream.grown : room);
                }
                if (stream.over || !gone.isEmpty()) {
                    return false;
                }
                int n = Math.min(Math.min(length - at, LARGEST), Math.min(window, stream.window));
                n = Math.max(0, n);
                window -= n;
                stream.window -= n;
                boolean end = last && at + n == length;
                byte[] part = Arrays.copyOfRange(bytes, at, at + n);
                frame(DATA, end ? END_STREAM : 0, stream.id, part, n);
                at += n;
                ended(stream, end, false);
            } while (at < length);
            if (window > 0) {
                room.signal();
            }
            flush();
            return true;
        } finally {
            lock.unlock();
        }
    }

    void reset(Http2Stream stream, int code) throws IOException {
        lock.lock();
        try {
            if (!stream.over) {
                frame(RST_STREAM, 0, stream.id, word(code), 4);
                over(stream);
                flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Gives window back for what was taken by whoever reads a stream, a quarter of it at a time as
    /// others do: with each frame answered by itself frames become ever smaller.
    void taken(Http2Stream stream, int bytes, boolean last) throws IOException {
        lock.lock();
        try {
            untold += bytes;
            stream.untold += bytes;
            if (untold >= LARGEST) {
                frame(WINDOW_UPDATE, 0, 0, word(untold), 4);
                untold = 0;
            }
            if (stream.untold >= LARGEST && !last && !stream.over && !stream.theirsEnded) {
                frame(WINDOW_UPDATE, 0, stream.id, word(stream.untold), 4);
                stream.untold = 0;
            }
            flush();
        } finally {
            lock.unlock();
        }
    }

    private void ended(Http2Stream stream, boolean ours, boolean theirs) {
        stream.oursEnded |= ours;
        stream.theirsEnded |= theirs;
        if (stream.oursEnded && stream.theirsEnded) {
            over(stream);
        }
    }

    private boolean waits(Http2Stream stream) {
        return Math.min(window, stream.window) <= 0;
    }

    @SuppressWarnings("WaitNotInLoop") // every caller does
    private static void await(Condition condition) throws IOException, InterruptedException {
        if (!condition.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("nothing has moved for " + PATIENCE_SECONDS + " s");
        }
    }

    private void over(Http2Stream stream) {
        if (!stream.oursEnded) {
            stream.grown.signalAll();
            room.signalAll();
        }
        stream.over = true;
        streams.remove(stream.id);
        fewer.signal();
    }

    private void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            // What the peer said before is for the reader to find.
            if (gone.isEmpty()) {
                return;
            }
            throw e;
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload, int length)
            throws IOException {
        if (!gone.isEmpty()) {
            return;
        }
        ByteBuffer head = ByteBuffer.allocate(9);
        head.putInt(length << 8 | type).put((byte) flags).putInt(stream);
        try {
            out.write(head.array());
            out.write(payload, 0, length);
        } catch (IOException _) {
            // As above.
        }
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private void read() {
        String how = "fin";
        try {
            byte[] head = new byte[9];
            while (in.readNBytes(head, 0, 9) == 9) {
                ByteBuffer frame = ByteBuffer.wrap(head);
                int lengthAndType = frame.getInt();
                byte flags = frame.get();
                int stream = frame.getInt() & Integer.MAX_VALUE;
                took(lengthAndType & 0xff, flags, stream, in.readNBytes(lengthAndType >>> 8));
            }
        } catch (IOException _) {
            how = "rst";
        } catch (IllegalArgumentException e) {
            how = "a field block that cannot be read: " + e.getMessage();
        }
        close();
        gone(goAway.isEmpty() ? how : goAway);
    }

    private void gone(String how) {
        lock.lock();
        try {
            gone = how;
            for (Http2Stream each : streams.values()) {
                each.came(new Http2Stream.Heard.Gone(how));
                each.grown.signalAll();
            }
            room.signalAll();
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void took(int type, int flags, int id, byte[] payload) throws IOException {
        lock.lock();
        try {
            switch (type) {
                case DATA -> data(flags, id, payload);
                case HEADERS, CONTINUATION -> block(type, flags, id, payload);
                case RST_STREAM -> {
                    Http2Stream stream = streams.get(id);
                    if (stream != null) {
                        over(stream);
                        stream.came(new Http2Stream.Heard.Reset(ByteBuffer.wrap(payload).getInt()));
                    }
                }
                case SETTINGS -> {
                    if ((flags & ACK) == 0) {
                        settings(ByteBuffer.wrap(payload));
                    }
                }
                case PING -> {
                    if ((flags & ACK) == 0) {
                        frame(PING, ACK, 0, payload, payload.length);
                        flush();
                    }
                }
                case GOAWAY -> {
                    int code = ByteBuffer.wrap(payload).getInt(4);
                    goAway = code == 0 ? goAway : "GOAWAY " + code;
                }
                case WINDOW_UPDATE -> {
                    int more = ByteBuffer.wrap(payload).getInt();
                    Http2Stream stream = streams.get(id);
                    if (id == 0) {
                        window += more;
                        room.signal();
                    } else if (stream != null) {
                        stream.window += more;
                        stream.grown.signal();
                    }
                }
                default -> {
                    // Nothing else says anything of a message.
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void data(int flags, int id, byte[] payload) {
        Http2Stream stream = streams.get(id);
        byte[] content = content(flags, payload, 0);
        boolean last = (flags & END_STREAM) != 0;
        untold += stream == null ? payload.length : payload.length - content.length;
        if (stream != null) {
            ended(stream, false, last);
            stream.came(new Http2Stream.Heard.Data(content, last));
        }
    }

    private void block(int type, int flags, int id, byte[] payload) {
        int priority = type == HEADERS && (flags & PRIORITY) != 0 ? 5 : 0;
        block.writeBytes(type == HEADERS ? content(flags, payload, priority) : payload);
        blockIsLast = type == HEADERS ? (flags & END_STREAM) != 0 : blockIsLast;
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        List<String> fields = new ArrayList<>();
        reader.lines(block.toByteArray()).forEach(l -> fields.add(l.name() + ": " + l.value()));
        block.reset();
        Http2Stream stream = streams.get(id);
        boolean begins = stream == null && !client && id >= nextId;
        if (begins) {
            nextId = id + 2;
            stream = new Http2Stream(this, id, initialWindow, lock.newCondition());
            streams.put(id, stream);
        }
        if (stream != null) {
            ended(stream, false, blockIsLast);
            stream.came(new Http2Stream.Heard.Fields(fields, blockIsLast));
            if (begins) {
                accepted.accept(stream);
            }
        }
    }

    /// Without padding and priority.
    private static byte[] content(int flags, byte[] payload, int priority) {
        boolean padded = (flags & PADDED) != 0;
        int from = (padded ? 1 : 0) + priority;
        int to = payload.length - (padded ? payload[0] & 0xFF : 0);
        return Arrays.copyOfRange(payload, from, to);
    }

    private void settings(ByteBuffer settings) throws IOException {
        while (settings.remaining() >= 6) {
            int id = settings.getShort();
            int value = settings.getInt();
            if (id == INITIAL_WINDOW_SIZE) {
                for (Http2Stream each : streams.values()) {
                    each.window += value - initialWindow;
                    each.grown.signal();
                }
                initialWindow = value;
            } else if (id == MAX_CONCURRENT_STREAMS) {
                mostStreams = value;
            }
        }
        greeted = true;
        frame(SETTINGS, ACK, 0, new byte[0], 0);
        flush();
        fewer.signalAll();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is left to be done with it.
        }
    }
}
