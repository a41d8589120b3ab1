package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// This process becoming another program, in place (execve(2)): the same number, parent, terminal,
/// process group and standard streams, so that whoever started it notices nothing.
///
/// Descriptors that a JVM has opened are closed on the way, signals that it handles become default
/// again, and what it blocks in its threads is set back to what this process was started with.
public final class ProcessImage {
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int STANDARD_ERROR = 2;
    private static final int SIG_SETMASK = 2;
    private static final int SIGSET_BYTES = 128;

    private ProcessImage() {}

    /// Does not return where it succeeds. For a platform thread.
    ///
    /// @param arguments the first is the program's name, as bytes without a zero
    /// @param environment `NAME=VALUE`, likewise
    /// @param given descriptors that the program gets, besides the standard streams
    /// @throws IOException where the kernel refuses
    public static void replace(
            Path program, List<byte[]> arguments, List<byte[]> environment, Set<Integer> given)
            throws IOException {
        Linker linker = Linker.nativeLinker();
        closeOnTheWay(linker, given);
        MemorySegment execve = CLibrary.symbol(linker, "execve");
        MemorySegment sigmask = CLibrary.symbol(linker, "pthread_sigmask");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = text(arena, program.toString().getBytes(StandardCharsets.UTF_8));
            MemorySegment argv = vector(arena, arguments);
            MemorySegment envp = vector(arena, environment);
            MemorySegment mask = arena.allocate(SIGSET_BYTES, Long.BYTES);
            mask.set(ValueLayout.JAVA_LONG, 0, inheritedMask());
            CLibrary.call(sigmask, SIG_SETMASK, mask.address(), 0, 0, 0);
            CLibrary.call(execve, path.address(), argv.address(), envp.address(), 0, 0);
        }
        throw new IOException(program + ": the kernel refused to run it");
    }

    private static void closeOnTheWay(Linker linker, Set<Integer> given) throws IOException {
        MemorySegment fcntl = CLibrary.symbol(linker, "fcntl");
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors) {
                int descriptor = Integer.parseInt(String.valueOf(each.getFileName()));
                if (descriptor > STANDARD_ERROR && !given.contains(descriptor)) {
                    CLibrary.call(fcntl, descriptor, F_SETFD, FD_CLOEXEC, 0, 0);
                }
            }
        }
    }

    private static MemorySegment vector(Arena arena, List<byte[]> texts) {
        MemorySegment vector = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            vector.setAtIndex(ValueLayout.ADDRESS, i, text(arena, texts.get(i)));
        }
        return vector; // allocated as zeros, so its end is there
    }

    private static MemorySegment text(Arena arena, byte[] bytes) {
        MemorySegment text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return text;
    }

    /// What the first thread blocks: it only waits for the JVM and has never changed it.
    private static long inheritedMask() throws IOException {
        Path status = Path.of("/proc/self/task", Long.toString(ProcessHandle.current().pid()));
        for (String line : Files.readAllLines(status.resolve("status"))) {
            if (line.startsWith("SigBlk:")) {
                return Long.parseUnsignedLong(line.substring(7).strip(), 16);
            }
        }
        return 0;
    }
}
