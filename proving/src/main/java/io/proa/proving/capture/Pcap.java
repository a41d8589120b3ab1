package io.proa.proving.capture;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads a capture file (pcap, nanoseconds, little endian, Ethernet).
public final class Pcap {
    private static final int MAGIC = 0xa1b23c4d;
    private static final int ETHERNET = 1;
    private static final int LONGEST = 1 << 18;

    /// Who is given the frames.
    @FunctionalInterface
    public interface Reader {
        /// @param atMs milliseconds since 1970
        void frame(long atMs, byte[] frame);
    }

    private Pcap() {}

    public static void read(Path file, Reader reader) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            int magic = number(in);
            in.skipNBytes(16);
            if (magic != MAGIC || number(in) != ETHERNET) {
                throw new IOException(file + ": expected a pcap file of Ethernet, nanoseconds");
            }
            while (true) {
                long seconds;
                try {
                    seconds = Integer.toUnsignedLong(number(in));
                } catch (EOFException _) {
                    return;
                }
                long nanos = number(in);
                int length = number(in);
                if (length != number(in) || length < 14 || length > LONGEST) {
                    throw new IOException(file + ": a frame of " + length + " bytes");
                }
                byte[] frame = new byte[length];
                in.readFully(frame);
                reader.frame(seconds * 1000 + nanos / 1_000_000, frame);
            }
        }
    }

    private static int number(DataInputStream in) throws IOException {
        return Integer.reverseBytes(in.readInt());
    }
}
