package io.proa.app.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// This process' own arguments and environment, byte for byte: Java has decoded them by a locale
/// that need not fit them.
final class RawProcess {
    private RawProcess() {}

    /// The last `count` arguments.
    static List<byte[]> lastArguments(int count) throws IOException {
        List<byte[]> all = split(Files.readAllBytes(Path.of("/proc/self/cmdline")));
        return all.subList(all.size() - count, all.size());
    }

    /// `NAME=VALUE` each.
    ///
    /// @param without names to leave out
    static List<byte[]> environment(List<String> without) throws IOException {
        List<byte[]> kept = new ArrayList<>();
        for (byte[] entry : split(Files.readAllBytes(Path.of("/proc/self/environ")))) {
            if (without.stream().noneMatch(name -> isOf(name, entry))) {
                kept.add(entry);
            }
        }
        return kept;
    }

    private static boolean isOf(String name, byte[] entry) {
        String text = new String(entry, StandardCharsets.ISO_8859_1);
        return text.startsWith(name + "=");
    }

    private static List<byte[]> split(byte[] text) {
        List<byte[]> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == 0) {
                parts.add(java.util.Arrays.copyOfRange(text, start, i));
                start = i + 1;
            }
        }
        return parts;
    }
}
