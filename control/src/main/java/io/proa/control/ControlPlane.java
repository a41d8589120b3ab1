package io.proa.control;

import io.proa.control.authority.CertificateAuthority;
import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.FleetState;
import io.proa.control.intent.IntentSource;
import io.proa.control.server.ControlServer;
import io.proa.control.server.Desk;
import io.proa.control.server.IntentWatch;
import io.proa.control.server.PodStatus;
import io.proa.control.server.SteadyClock;
import io.proa.control.server.TokenRegistry;
import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A control plane, from its settings to its end. All is checked before anything is opened; once it
/// serves it serves on, whatever becomes of its intent's files.
public final class ControlPlane implements AutoCloseable {
    private static final Duration PROOF_GRACE = Duration.ofHours(24);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final FileChannel lock;
    private final FleetState fleet;
    private final IntentWatch watch;
    private final TokenRegistry tokens;
    private final ControlServer server;
    private final Consumer<String> log;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// A start that did not come about.
    public static final class StartFailure extends Exception {
        private static final long serialVersionUID = 1;

        private final int exitCode;

        StartFailure(int exitCode, String message) {
            super(message, null, false, false);
            this.exitCode = exitCode;
        }

        /// As in sysexits.h.
        public int exitCode() {
            return exitCode;
        }
    }

    private ControlPlane(
            FileChannel lock,
            FleetState fleet,
            IntentWatch watch,
            TokenRegistry tokens,
            ControlServer server,
            Consumer<String> log) {
        this.lock = lock;
        this.fleet = fleet;
        this.watch = watch;
        this.tokens = tokens;
        this.server = server;
        this.log = log;
    }

    /// Runs until told to stop: by `stop` or the end of `commands` where there is an operator, else
    /// by a signal.
    ///
    /// @param out one line `ready SOCKET` once it serves, and the answers to an operator
    /// @param err everything else
    /// @return an exit code as in sysexits.h: 0, 64 (settings), 65 (intent), 66 (no such file), 69
    ///   (another serves), 78 (state folder)
    public static int run(
            ControlSettings settings, InputStream commands, PrintStream out, PrintStream err) {
        try (ControlPlane plane = start(settings, InstantSource.system(), err::println)) {
            Thread hook = Thread.ofPlatform().name("control-end").unstarted(plane::close);
            Runtime.getRuntime().addShutdownHook(hook); // a signal leaves no socket behind
            try {
                plane.serve(settings, commands, out);
            } finally {
                forget(hook);
            }
            return ExitCode.OK;
        } catch (StartFailure e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            err.println("proa control: " + e.getMessage());
            return ExitCode.IO_ERROR;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.OK;
        }
    }

    private void serve(ControlSettings settings, InputStream commands, PrintStream out)
            throws IOException, InterruptedException {
        out.println("ready " + settings.socket());
        out.flush();
        if (settings.operator()) {
            new OperatorConsole(fleet, watch, tokens, server).attend(commands, out);
        } else {
            closed.await();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // It is running: a signal ended the wait.
        }
    }

    /// Checks, opens and serves.
    ///
    /// @param log takes one line each
    public static ControlPlane start(
            ControlSettings settings, InstantSource clock, Consumer<String> log)
            throws StartFailure {
        return start(settings, clock, new SteadyClock(), log);
    }

    /// @param clock for certificates
    /// @param steady for waits and for tokens, see [SteadyClock]
    static ControlPlane start(
            ControlSettings settings,
            InstantSource clock,
            InstantSource steady,
            Consumer<String> log)
            throws StartFailure {
        List<String> faults = settings.faults();
        if (!faults.isEmpty()) {
            throw new StartFailure(
                    ExitCode.USAGE, "proa control: " + String.join("\nproa control: ", faults));
        }
        boolean firstUse = !Files.exists(settings.state());
        FileChannel lock = lock(settings.state());
        try {
            FleetState fleet = open(settings);
            // looks before the first reading: a change in between is a change
            var watch = new IntentWatch(settings.intent(), fleet, log);
            read(fleet);
            FleetState.Current current = fleet.current();
            if (current == null) {
                throw new IllegalStateException("a fleet without problems is the current one");
            }
            CertificateAuthority authority =
                    authority(settings, current.fleet().trustDomain(), clock, log);
            var tokens =
                    new TokenRegistry(
                            settings.state(), settings.tokenLifetime(), clock, steady, log);
            var desk =
                    new Desk(
                            fleet,
                            authority,
                            tokens,
                            settings.certificateLifetime(),
                            PROOF_GRACE,
                            clock,
                            steady,
                            log);
            ControlServer server = serve(settings.socket(), desk);
            var plane = new ControlPlane(lock, fleet, watch, tokens, server, log);
            Thread.ofVirtual().name("control-watch").start(plane::lookAfter);
            return plane;
        } catch (StartFailure | RuntimeException e) {
            if (firstUse) {
                remove(settings.state());
            }
            release(lock);
            throw e;
        }
    }

    /// A refused start leaves no folder that it made: nobody has seen what is in it.
    private static void remove(Path state) {
        try (Stream<Path> all = Files.walk(state)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException _) {
            // What is left is used again by the next start.
        }
    }

    public FleetState fleet() {
        return fleet;
    }

    /// A single-use token for a pod of the fleet.
    public String issueToken(String pod) {
        return tokens.issue(pod);
    }

    public List<PodStatus> status() {
        return server.status();
    }

    @Override
    public synchronized void close() {
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        try {
            server.close();
        } catch (IOException _) {
            // the socket file stays; the next start replaces it
        }
        release(lock);
    }

    /// Also after a fault of its own: a control plane that no longer looks is worse than a line in
    /// a log.
    private void lookAfter() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            if (watch.reloadIfChanged()) {
                server.fleetChanged();
            }
            server.tidy();
        } catch (RuntimeException | StackOverflowError e) {
            log.accept("control: a fault of the control plane's own: " + e);
        }
    }

    private static FleetState open(ControlSettings settings) throws StartFailure {
        for (Path path : settings.intent()) {
            boolean first = path.equals(settings.intent().getFirst());
            if (!Files.exists(path) && (first || IntentSource.mustBeThere(path))) {
                throw new StartFailure(
                        ExitCode.NO_INPUT,
                        path
                                + ": no such file or folder\n  hint: relative paths begin at "
                                + Path.of("").toAbsolutePath());
            }
        }
        try {
            return FleetState.open(
                    settings.state(),
                    settings.intent(),
                    settings.addresses(),
                    settings.trustDomain());
        } catch (IOException e) {
            throw new StartFailure(ExitCode.CONFIG, "proa control: " + e.getMessage());
        }
    }

    private static void read(FleetState fleet) throws StartFailure {
        try {
            if (fleet.reload() instanceof Compilation.Rejected rejected) {
                throw new StartFailure(
                        ExitCode.DATA,
                        String.join(
                                "\n",
                                rejected.problems().stream()
                                        .map(ConfigProblem::toString)
                                        .toList()));
            }
        } catch (IOException e) {
            throw new StartFailure(ExitCode.CONFIG, "proa control: " + e.getMessage());
        }
    }

    private static CertificateAuthority authority(
            ControlSettings settings, String trustDomain, InstantSource clock, Consumer<String> log)
            throws StartFailure {
        try {
            return CertificateAuthority.open(
                    settings.state().resolve("authority"), trustDomain, clock.instant(), log);
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.CONFIG, "proa control: the certificate authority: " + e.getMessage());
        }
    }

    private static ControlServer serve(Path socket, Desk desk) throws StartFailure {
        try {
            return ControlServer.open(socket, desk);
        } catch (IOException e) {
            throw new StartFailure(ExitCode.UNAVAILABLE, "proa control: " + e.getMessage());
        }
    }

    /// Two control planes on one folder would give two certificates one serial and two pods one
    /// address.
    private static FileChannel lock(Path state) throws StartFailure {
        try {
            Files.createDirectories(
                    state,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            FileChannel channel =
                    FileChannel.open(
                            state.resolve("lock"),
                            java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            if (isLocked(channel)) {
                return channel;
            }
            channel.close();
            throw new StartFailure(
                    ExitCode.UNAVAILABLE,
                    "proa control: another control plane uses "
                            + state
                            + "\n  hint: stop it, or give this one a folder of its own with --state");
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.CONFIG,
                    "proa control: cannot use the state folder " + state + ": " + e.getMessage());
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (java.nio.channels.OverlappingFileLockException _) {
            return false; // held within this process
        }
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException _) {
            // the kernel releases it with the process
        }
    }
}
