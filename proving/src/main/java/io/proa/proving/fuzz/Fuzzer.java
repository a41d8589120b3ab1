package io.proa.proving.fuzz;

import io.proa.formats.TwoReaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fuzzes all targets for some seconds: `Fuzzer SECONDS [SEED [CORPUS [FINDINGS]]]`.
///
/// Begins with the written cases and the kept inputs, changes them, and goes on from each input
/// that was read in a new way. Exit code 1 on a finding; the input is written into FINDINGS, and
/// belongs into CORPUS once the mistake is mended.
public final class Fuzzer {
    private static final int BATCH = 256;

    private final FuzzTarget target;
    private final Mutator mutator;
    private final TwoReaders readers = new TwoReaders();
    private final List<byte[]> pool = new ArrayList<>();
    private final Set<String> kinds = new HashSet<>();
    private long runs;

    Fuzzer(FuzzTarget target, long seed) {
        this.target = target;
        this.mutator = new Mutator(seed);
    }

    /// An input that breaks a rule, and how.
    static final class Finding {
        private final byte[] input;
        private final Throwable trouble;

        Finding(byte[] input, Throwable trouble) {
            this.input = input;
            this.trouble = trouble;
        }

        @Override
        public String toString() {
            return trouble.toString();
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 1 || args.length > 4 || !args[0].matches("[1-9][0-9]{0,5}")) {
            System.err.println("usage: Fuzzer SECONDS [SEED [CORPUS [FINDINGS]]]");
            System.exit(64);
        }
        int seconds = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.currentTimeMillis();
        Path corpus = Path.of(args.length > 2 ? args[2] : "proving/src/fuzz/corpus");
        Path findings = Path.of(args.length > 3 ? args[3] : "proving/target/fuzz");
        boolean clean = true;
        for (FuzzTarget target : FuzzTarget.values()) {
            Fuzzer fuzzer = new Fuzzer(target, seed);
            List<Finding> found =
                    fuzzer.run(corpus, seconds * 1_000_000_000L / FuzzTarget.values().length);
            System.out.printf(
                    "%-9s %,d runs, %d kinds of input, seed %d: %s%n",
                    target.folder(),
                    fuzzer.runs,
                    fuzzer.kinds.size(),
                    seed,
                    found.isEmpty() ? "nothing found" : "FOUND");
            for (Finding finding : found) {
                clean = false;
                report(target, finding, findings);
            }
        }
        System.exit(clean ? 0 : 1);
    }

    /// Runs for that long, or until something is found.
    List<Finding> run(Path corpus, long nanos) throws IOException {
        long began = System.nanoTime();
        List<byte[]> seeds = new ArrayList<>(Seeds.written(target));
        for (Path file : Seeds.kept(target, corpus)) {
            seeds.add(Files.readAllBytes(file));
        }
        for (byte[] seed : seeds) {
            pool.add(seed);
            Throwable trouble = tryOne(seed);
            if (trouble != null) {
                return List.of(new Finding(seed, trouble));
            }
        }
        while (System.nanoTime() - began < nanos) {
            for (int i = 0; i < BATCH; i++) {
                byte[] input =
                        mutator.mutate(
                                pool.get(mutator.below(pool.size())),
                                pool.get(mutator.below(pool.size())));
                Throwable trouble = tryOne(input);
                if (trouble != null) {
                    return List.of(smallest(input, trouble));
                }
            }
        }
        return List.of();
    }

    private @Nullable Throwable tryOne(byte[] input) {
        runs++;
        try {
            if (kinds.add(target.kind(readers, input))) {
                pool.add(input);
            }
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    /// Takes bytes away for as long as the same kind of trouble remains.
    private Finding smallest(byte[] input, Throwable trouble) {
        Finding best = new Finding(input, trouble);
        for (int size = Math.max(1, input.length / 2); size >= 1; size /= 2) {
            for (int at = 0; at + size <= best.input.length; ) {
                byte[] shorter = new byte[best.input.length - size];
                System.arraycopy(best.input, 0, shorter, 0, at);
                System.arraycopy(best.input, at + size, shorter, at, shorter.length - at);
                Throwable same = tryOne(shorter);
                if (same != null && same.getClass() == trouble.getClass()) {
                    best = new Finding(shorter, same);
                } else {
                    at += size;
                }
            }
        }
        return best;
    }

    private static void report(FuzzTarget target, Finding finding, Path findings)
            throws IOException {
        Path folder = Files.createDirectories(findings.resolve(target.folder()));
        Path file =
                folder.resolve("finding-" + Integer.toHexString(Arrays.hashCode(finding.input)));
        Files.write(file, finding.input);
        System.out.println(
                new String(finding.input, StandardCharsets.ISO_8859_1)
                        .replace("\r", "\\r")
                        .replace("\n", "\\n"));
        finding.trouble.printStackTrace(System.out);
        System.out.println("the input is in " + file);
    }
}
