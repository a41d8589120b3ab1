package io.proa.proxy.loop;

import java.nio.ByteBuffer;

/// A fixed piece of native memory with one owner at a time: who takes it from the [SlabPool]
/// releases it, or hands it to someone who does. Unread bytes lie in `[head, tail)`.
public final class Slab {
    private final SlabPool pool;
    final int sizeClass;
    public final ByteBuffer buffer;
    public int head;
    public int tail;
    boolean free;
    boolean spare;

    Slab(SlabPool pool, int sizeClass, ByteBuffer buffer) {
        this.pool = pool;
        this.sizeClass = sizeClass;
        this.buffer = buffer;
    }

    public int size() {
        return tail - head;
    }

    public boolean isEmpty() {
        return head == tail;
    }

    public int room() {
        return buffer.capacity() - tail;
    }

    public int capacity() {
        return buffer.capacity();
    }

    /// The unread bytes, as the buffer's window.
    public ByteBuffer unread() {
        return buffer.limit(tail).position(head);
    }

    /// The space behind the unread bytes, as the buffer's window.
    public ByteBuffer space() {
        return buffer.limit(buffer.capacity()).position(tail);
    }

    /// Opens the whole buffer for absolute access.
    public ByteBuffer whole() {
        return buffer.clear();
    }

    /// Moves the unread bytes to the front. Offsets into the slab become invalid.
    public void compact() {
        if (head > 0) {
            unread();
            buffer.compact();
            tail -= head;
            head = 0;
        }
    }

    /// Appends what fits of `from`'s unread bytes and consumes it there.
    public int appendFrom(Slab from, int most) {
        int n = Math.min(Math.min(from.size(), room()), most);
        if (n > 0) {
            buffer.clear().put(tail, from.buffer.clear(), from.head, n);
            tail += n;
            from.head += n;
        }
        return n;
    }

    public void release() {
        pool.giveBack(this);
    }
}
