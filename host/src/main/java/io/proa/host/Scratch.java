package io.proa.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import sun.nio.ch.DirectBuffer;

/// A few bytes outside the heap for the arguments of one call; each thread has its own.
///
/// Plain buffers instead of memory segments, because the var handles behind those cost half a
/// megabyte in a process that needs them for nothing else.
final class Scratch {
    private static final int BYTES = 64;
    private static final ThreadLocal<ByteBuffer> OWN =
            ThreadLocal.withInitial(
                    () -> ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder()));

    private Scratch() {}

    /// In the machine's byte order.
    static ByteBuffer buffer() {
        return OWN.get();
    }

    static long address(ByteBuffer buffer) {
        return ((DirectBuffer) buffer).address();
    }
}
