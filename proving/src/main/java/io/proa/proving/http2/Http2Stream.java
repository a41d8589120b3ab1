package io.proa.proving.http2;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// One stream of a connection: one thread writes, one hears.
public final class Http2Stream {
    /// What came.
    public sealed interface Heard {
        /// A field block: a head, interim or not, or trailers.
        ///
        /// @param fields each `name: value`
        /// @param last whether nothing follows
        record Fields(List<String> fields, boolean last) implements Heard {
            public Fields {
                fields = List.copyOf(fields);
            }
        }

        /// @param last whether nothing follows
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Data(byte[] bytes, boolean last) implements Heard {}

        /// @param code of RST_STREAM
        record Reset(int code) implements Heard {}

        /// The connection has ended.
        ///
        /// @param how `fin`, `rst`, or what the peer said last
        record Gone(String how) implements Heard {}
    }

    private final Http2End end;
    private final BlockingQueue<Heard> queue = new LinkedBlockingQueue<>();
    final int id;

    /// Of ours; guarded by the connection.
    int window;

    /// Taken, and not yet given back; guarded by the connection.
    int untold;

    /// Either side has reset it, or it has ended both ways; guarded by the connection.
    boolean over;

    boolean oursEnded;
    boolean theirsEnded;

    /// The window has grown.
    final Condition grown;

    Http2Stream(Http2End end, int id, int window, Condition grown) {
        this.grown = grown;
        this.end = end;
        this.id = id;
        this.window = window;
    }

    /// Sends a field block.
    public void fields(List<String> fields, boolean last) throws IOException {
        end.fields(this, fields, last);
    }

    /// Sends bytes as far as windows let them go, waiting for more; nothing more after a reset.
    ///
    /// @return whether all of it went
    public boolean data(byte[] bytes, int length, boolean last)
            throws IOException, InterruptedException {
        return end.data(this, bytes, length, last);
    }

    /// What came and was not heard is given back, since other streams wait for its window.
    public void reset(int code) throws IOException {
        end.reset(this, code);
        for (Heard left = queue.poll(); left != null; left = queue.poll()) {
            if (left instanceof Heard.Data(byte[] bytes, _)) {
                end.taken(this, bytes.length, true);
            }
        }
    }

    /// The next that comes. Window is given back with it.
    ///
    /// @return null where nothing comes for so long
    public @Nullable Heard hear(long millis) throws IOException, InterruptedException {
        Heard heard = queue.poll(millis, TimeUnit.MILLISECONDS);
        if (heard instanceof Heard.Data(byte[] bytes, boolean last)) {
            end.taken(this, bytes.length, last);
        }
        return heard;
    }

    void came(Heard heard) {
        queue.add(heard);
    }
}
