package io.proa.host;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.NoSuchElementException;

/// The few functions of the C library that the JDK does not offer, through one single downcall
/// shape.
///
/// Every shape costs about a megabyte and some milliseconds, so all functions share "six longs to a
/// long": on the supported machines (Linux on x86-64 and AArch64) integers and pointers travel in
/// registers of their own, a callee reads only those it knows, and only the low half of an `int`.
/// Loading this class is what loads java.lang.foreign: nothing may touch it before it is needed.
final class CLibrary {
    static final MemorySegment SETSOCKOPT;
    static final MemorySegment GETSOCKOPT;
    static final MemorySegment PRCTL;

    private static final MethodHandle CALL;

    static {
        Linker linker = Linker.nativeLinker();
        CALL = linker.downcallHandle(shape());
        SETSOCKOPT = symbol(linker, "setsockopt");
        GETSOCKOPT = symbol(linker, "getsockopt");
        PRCTL = symbol(linker, "prctl");
    }

    private CLibrary() {}

    static FunctionDescriptor shape() {
        return FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG);
    }

    static MemorySegment symbol(Linker linker, String name) {
        return linker.defaultLookup()
                .find(name)
                .orElseThrow(() -> new NoSuchElementException("the C library has no " + name));
    }

    /// setsockopt(2) of an `int`.
    ///
    /// @return whether the kernel took it
    static boolean setOption(int descriptor, int level, int option, int value) {
        ByteBuffer argument = Scratch.buffer().putInt(0, value);
        return call(SETSOCKOPT, descriptor, level, option, Scratch.address(argument), Integer.BYTES)
                == 0;
    }

    /// Calls a function that returns an `int`; pointers are passed as addresses.
    static int call(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            // The upper half of the register is undefined for an int result.
            return (int) (long) CALL.invokeExact(function, a, b, c, d, e, 0L);
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing", impossible);
        }
    }
}
