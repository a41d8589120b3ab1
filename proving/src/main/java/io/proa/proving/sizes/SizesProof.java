package io.proa.proving.sizes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// `SizesProof SCRATCH [--long] [--connections N] [--only TEXT] [--page FILE COMMIT DATE]`. Exit
/// code 1 where something does not hold.
public final class SizesProof {
    private static final int MEMBERS = 8000;
    private static final int FEW_MEMBERS = 1000;
    private static final int STREAMS = 1000;
    private static final long VOLUME = 10L << 30;
    private static final long SMALL_VOLUME = 1L << 30;

    @SuppressWarnings("InlineFormatString") // a page is read better by itself
    private static final String PAGE =
            """
            # Sizes

            <!-- Written by .ci/sizes --write; `.ci/sizes` alone is a smaller run. -->

            How large things may become. Between the clients and the application stand two sidecar processes as pods have them,
            with mutual TLS between them and the flags of [decision 4](decisions/0004-jvm-flags.md); clients, sidecars and application
            share one machine. Each part has two new sidecars. Memory is what is resident by the kernel (`/proc/PID/statm`),
            the JVM and its shared archive with it.

            At commit %s, on %s, on %s processors. %s
            """;

    private final Path scratch;
    private final boolean full;
    private final int connections;
    private final String only;
    private final StringBuilder tables = new StringBuilder();
    private final List<String> problems = new ArrayList<>();

    private record Asked(
            Path scratch,
            boolean full,
            int connections,
            String only,
            @Nullable Path page,
            String commit,
            String date) {
        /// @return null where it is not understood
        static @Nullable Asked parse(String[] args) {
            boolean full = false;
            int connections = 0;
            String only = "";
            Path page = null;
            String commit = "";
            String date = "";
            for (int i = 1; i < args.length; i++) {
                int left = args.length - i - 1;
                if (args[i].equals("--long")) {
                    full = true;
                } else if (args[i].equals("--only") && left >= 1) {
                    only = args[++i];
                } else if (args[i].equals("--connections") && left >= 1) {
                    connections = Integer.parseInt(args[++i]);
                } else if (args[i].equals("--page") && left >= 3) {
                    page = Path.of(args[++i]);
                    commit = args[++i];
                    date = args[++i];
                } else {
                    return null;
                }
            }
            return args.length == 0
                    ? null
                    : new Asked(Path.of(args[0]), full, connections, only, page, commit, date);
        }
    }

    private SizesProof(Asked asked) {
        this.scratch = asked.scratch;
        this.full = asked.full;
        this.connections = asked.connections;
        this.only = asked.only;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Asked asked = Asked.parse(args);
        if (asked == null) {
            System.err.println(
                    "usage: SizesProof SCRATCH [--long] [--connections N] [--only TEXT] [--page FILE COMMIT DATE]");
            System.exit(64);
            return;
        }
        SizesProof proof = new SizesProof(asked);
        try (Application application = new Application()) {
            proof.run(application);
        }
        proof.problems.forEach(problem -> System.out.println("FAILED: " + problem));
        System.out.println(proof.problems.isEmpty() ? "\nall held" : "");
        Path page = asked.page;
        if (page != null) {
            int processors = Runtime.getRuntime().availableProcessors();
            String verdict =
                    proof.problems.isEmpty()
                            ? "All of it held."
                            : "**Failed**: " + String.join("; ", proof.problems) + ".";
            Files.writeString(
                    page,
                    PAGE.formatted(asked.commit, asked.date, processors, verdict) + proof.tables);
        }
        System.exit(proof.problems.isEmpty() ? 0 : 1);
    }

    private interface Trial {
        Finding run(MeshedPair pair) throws IOException, InterruptedException;
    }

    private void run(Application application) throws IOException, InterruptedException {
        int usual = full ? MEMBERS : FEW_MEMBERS;
        int members = connections > 0 ? connections : usual;
        long volume = full ? VOLUME : SMALL_VOLUME;
        title(
                "Idle connections",
                Crowd.HEADINGS,
                "Opened by two processes, each asked once, then left alone; opaque streams, which have a connection of their own"
                        + " between the sidecars and to the application, and connections of HTTP/1.1, which share those."
                        + " What one takes is what resident memory is more than before, by connection of the client."
                        + " A new request is one of each kind on a new connection.");
        row(application, "crowd-stream", pair -> new Crowd(pair).run("stream", members));
        row(application, "crowd-http", pair -> new Crowd(pair).run("http", members));
        title(
                "More than there is room for",
                Ceiling.HEADINGS,
                "Sidecars with a heap of 16 MiB, and more opaque streams than fit into it: some are refused with a reset and the"
                        + " reason `shed`, and those that were there before are served on, as are new requests.");
        row(application, "ceiling", "-Xmx16m", pair -> new Ceiling(pair).run());
        title(
                "Streams on one connection of HTTP/2",
                Streams.HEADINGS,
                "Each sends half of its body, waits until every other one has heard the echo of that, and sends the rest.");
        row(application, "streams", pair -> new Streams(pair).run(STREAMS));
        title(
                "One long answer",
                Volume.HEADINGS,
                "Every byte is compared. Resident memory is looked at five times a second; it may grow by 8 MiB.");
        row(application, "volume-http", pair -> new Volume(pair).run("http", volume));
        row(application, "volume-stream", pair -> new Volume(pair).run("stream", volume));
    }

    private void title(String title, List<String> headings, String text) {
        tables.append("\n## ").append(title).append("\n\n").append(text).append("\n\n");
        line(headings);
        line(headings.stream().map(_ -> "---").toList());
    }

    private void line(List<String> cells) {
        String line = "| " + String.join(" | ", cells) + " |";
        tables.append(line).append('\n');
        System.out.println(line);
    }

    private void row(Application application, String name, Trial trial)
            throws IOException, InterruptedException {
        row(application, name, "", trial);
    }

    private void row(Application application, String name, String flags, Trial trial)
            throws IOException, InterruptedException {
        if (!name.contains(only)) {
            return;
        }
        try (MeshedPair pair = new MeshedPair(scratch.resolve(name), application, flags)) {
            Finding finding = trial.run(pair);
            line(finding.row());
            finding.wrong().stream()
                    .filter(Predicate.not(String::isEmpty))
                    .forEach(each -> problems.add(name + ": " + each));
        }
    }
}
