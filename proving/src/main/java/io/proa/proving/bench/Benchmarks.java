package io.proa.proving.bench;

import java.io.IOException;

/// Runs the benchmarks; without arguments all of them, briefly, with the bytes allocated by each
/// call.
public final class Benchmarks {
    private static final String[] BRIEFLY = {
        "io.proa.proving.bench",
        "-f",
        "1",
        "-wi",
        "4",
        "-w",
        "1",
        "-i",
        "5",
        "-r",
        "1",
        "-prof",
        "gc"
    };

    private Benchmarks() {}

    public static void main(String[] args) throws IOException {
        org.openjdk.jmh.Main.main(args.length == 0 ? BRIEFLY : args);
    }
}
