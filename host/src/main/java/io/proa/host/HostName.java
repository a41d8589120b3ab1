package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The host name of this process' UTS namespace (uts_namespaces(7)). By the system call, because
/// `/proc/sys/kernel/hostname` can be written by the machine's root alone, not by the root of a
/// user namespace.
final class HostName {
    private HostName() {}

    /// Takes CAP_SYS_ADMIN over the namespace.
    ///
    /// @param name at most 64 bytes
    static void set(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment function = CLibrary.symbol(Linker.nativeLinker(), "sethostname");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
            if (CLibrary.call(function, text.address(), bytes.length, 0, 0, 0) != 0) {
                throw new IOException(
                        "the host name '"
                                + name
                                + "' cannot be set; expected to be root of its namespace");
            }
        }
    }
}
