package io.proa.wire;

import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// [ControlLink] over [LinkChannel]. All state but [#changes] and [#closed] belongs to the link's
/// own thread, which waits in one selector for bytes, for callers and for the time.
final class FramedLink implements ControlLink, Runnable {
    /// At least so often the clock is looked at, for it may jump.
    private static final long LONGEST_WAIT_MS = 10_000;

    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final String SNAPSHOT = "snapshot.json";

    private final Settings settings;
    private final Listener listener;
    private final InstantSource clock;
    private final LongSupplier steadyMillis;
    private final Selector selector;
    private final Thread thread;
    private final LinkIdentity identity;
    private final LinkTimes times;
    private final Wishes wishes = new Wishes();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private @Nullable String token;
    private @Nullable LinkChannel channel;
    private @Nullable SpiffeId self;
    private String trustDomain = "";

    private String connectionProblem = "";
    private String identityProblem = "";
    private String snapshotProblem = "";
    private String reported = "not yet reported";

    private record Change(boolean wanted, Collection<IpPort> destinations) {}

    private FramedLink(
            Settings settings,
            Listener listener,
            InstantSource clock,
            LongSupplier steadyMillis,
            LongSupplier dice)
            throws IOException {
        this.settings = settings;
        this.listener = listener;
        this.clock = clock;
        this.steadyMillis = steadyMillis;
        this.selector = Selector.open();
        this.token = settings.token();
        this.identity = new LinkIdentity(settings.state(), dice);
        this.times = new LinkTimes(dice);
        this.thread = Thread.ofPlatform().daemon().name("control-link").unstarted(this);
    }

    /// @param clock for certificates
    /// @param steadyMillis for pauses and deadlines, see [LinkTimes]
    static ControlLink start(
            Settings settings,
            Listener listener,
            InstantSource clock,
            LongSupplier steadyMillis,
            LongSupplier dice) {
        try {
            var link = new FramedLink(settings, listener, clock, steadyMillis, dice);
            link.thread.start();
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void subscribe(Collection<IpPort> destinations) {
        change(new Change(true, List.copyOf(destinations)));
    }

    @Override
    public void unsubscribe(Collection<IpPort> destinations) {
        change(new Change(false, List.copyOf(destinations)));
    }

    private void change(Change change) {
        changes.add(change);
        selector.wakeup();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSING);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try (selector) {
            restore();
            while (!closed) {
                turn();
            }
        } catch (IOException e) {
            connectionProblem =
                    "the link has ended, nothing is renewed any more: " + e.getMessage();
            report();
        } finally {
            disconnect();
        }
    }

    /// One wait, and what it brought. Whatever a turn throws ends the connection, not the link.
    private void turn() throws IOException {
        try {
            long now = steadyMillis.getAsLong();
            takeChanges();
            if (channel == null && times.mayConnect(now)) {
                channel = LinkChannel.connect(settings.socket(), selector);
                times.connected(now);
            }
            if (times.isOverdue(now)) {
                throw new IOException(
                        "it has not answered for " + LinkTimes.PATIENCE_MS / 1000 + " s");
            }
            attendIdentity();
            waitForNews();
            LinkChannel current = channel;
            if (current != null) {
                current.flush();
                ServerMessage message = current.receive();
                while (message != null) {
                    hear(message, current);
                    message = current.receive();
                }
            }
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            lost("a fault of this sidecar's own: " + e);
        }
    }

    private void waitForNews() throws IOException {
        long millis = times.untilNext(steadyMillis.getAsLong(), channel != null, LONGEST_WAIT_MS);
        if (mayAttendIdentity()) {
            millis = Math.min(millis, identity.untilDue(clock.instant()).toMillis() + 1);
        }
        if (!changes.isEmpty() || millis <= 0) {
            selector.selectNow(_ -> {});
        } else {
            selector.select(_ -> {}, millis);
        }
    }

    /// Either there is somebody to ask, or something that will expire unless somebody is found.
    private boolean mayAttendIdentity() {
        boolean disconnected = channel == null && identity.identity() != null;
        return !identity.isWaiting() && (self != null || disconnected);
    }

    private void hear(ServerMessage message, LinkChannel from) throws IOException {
        switch (message) {
            case ServerMessage.Challenge challenge -> from.send(hello(challenge));
            case ServerMessage.Welcome welcome -> welcomed(welcome, from);
            case ServerMessage.Identity answer -> identified(answer);
            case ServerMessage.Snapshot snapshot -> configured(snapshot, from);
            case ServerMessage.Refused refused ->
                    throw new IOException("it refused: " + refused.reason());
        }
    }

    private ClientMessage.Hello hello(ServerMessage.Challenge challenge) throws IOException {
        if (challenge.version() != ControlWire.VERSION) {
            throw new IOException(
                    "it speaks version "
                            + challenge.version()
                            + ", expected "
                            + ControlWire.VERSION);
        }
        Credential credential = identity.proof(settings.pod(), challenge.nonce());
        // a fresh token outdoes an identity that the control plane may no longer take
        if (token != null && (credential == null || times.failures() % 2 == 1)) {
            credential = new Credential.Token(token);
        }
        if (credential == null) {
            throw new IOException(
                    "there is neither an identity in "
                            + settings.state()
                            + " nor a token to get one with");
        }
        return new ClientMessage.Hello(
                ControlWire.VERSION, settings.pod(), settings.sidecarVersion(), credential);
    }

    private void welcomed(ServerMessage.Welcome welcome, LinkChannel from) throws IOException {
        self = welcome.workload().identity();
        trustDomain = welcome.trustDomain();
        connectionProblem = "";
        identity.welcomed(self);
        // the identity first: a snapshot is of little use without one
        attendIdentity();
        from.send(new ClientMessage.Subscribe(wishes.all()));
    }

    /// Asks for a certificate when it is time to; without a connection, says loudly that it cannot.
    private void attendIdentity() throws IOException {
        Instant now = clock.instant();
        if (!mayAttendIdentity() || !identity.untilDue(now).isZero()) {
            return;
        }
        LinkChannel current = channel;
        if (current != null && self != null) {
            current.send(identity.ask(self));
            times.askedForCertificate(steadyMillis.getAsLong());
        } else {
            renewalFailed("there is no connection to " + settings.socket(), now);
        }
    }

    private void renewalFailed(String cause, Instant now) {
        identityProblem = identity.failed(cause, now);
        times.gotCertificate();
        report();
    }

    private void identified(ServerMessage.Identity answer) {
        if (!answer.chain().isEmpty()) {
            times.gotCertificate();
        }
        LinkIdentity.Outcome outcome = identity.answered(answer, trustDomain, clock.instant());
        identityProblem = outcome.problem();
        if (outcome.isNew()) {
            token = null;
            deliverIdentity();
        }
        report();
    }

    private void deliverIdentity() {
        WorkloadIdentity held = identity.identity();
        TrustBundle bundle = identity.bundle();
        if (held != null && bundle != null) {
            try {
                listener.identity(held, bundle);
            } catch (RuntimeException e) {
                identityProblem =
                        "the new identity is not in use, a fault of this sidecar's own: " + e;
            }
        }
    }

    private void configured(ServerMessage.Snapshot message, LinkChannel from) throws IOException {
        times.greeted();
        wishes.learn(message.snapshot().outside());
        List<ConfigProblem> problems = offer(message.snapshot());
        if (problems.isEmpty()) {
            from.send(new ClientMessage.Ack(message.number()));
            snapshotProblem = saved(message.snapshot());
        } else {
            from.send(new ClientMessage.Nack(message.number(), problems));
            snapshotProblem =
                    "snapshot "
                            + message.snapshot().revision()
                            + " was not taken: "
                            + problems.getFirst();
        }
        report();
    }

    private List<ConfigProblem> offer(MeshSnapshot snapshot) {
        try {
            return listener.snapshot(snapshot);
        } catch (RuntimeException e) {
            return List.of(
                    new ConfigProblem(
                            "sidecar " + settings.pod(), 0, 0, "a fault of its own: " + e, ""));
        }
    }

    private String saved(MeshSnapshot snapshot) {
        try {
            SnapshotFile.save(settings.state().resolve(SNAPSHOT), snapshot);
            return "";
        } catch (IOException e) {
            return "the snapshot cannot be kept on disk: " + e.getMessage();
        }
    }

    private void takeChanges() throws IOException {
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            Wishes.Change news =
                    change.wanted()
                            ? wishes.add(change.destinations())
                            : wishes.remove(change.destinations());
            LinkChannel current = channel;
            if (current == null || self == null) {
                continue;
            }
            if (!news.removed().isEmpty()) {
                current.send(new ClientMessage.Unsubscribe(news.removed()));
            }
            if (!news.added().isEmpty()) {
                current.send(new ClientMessage.Subscribe(news.added()));
            }
        }
    }

    private void lost(String cause) {
        disconnect();
        times.lost(steadyMillis.getAsLong());
        connectionProblem =
                "the control plane at " + settings.socket() + " is not to be had: " + cause;
        if (identity.isWaiting()) {
            renewalFailed(connectionProblem, clock.instant());
        } else {
            report();
        }
    }

    private void disconnect() {
        LinkChannel current = channel;
        if (current != null) {
            current.close();
        }
        channel = null;
        self = null;
    }

    /// Tells the listener what is the matter, unless it has just been told; what ends soonest comes
    /// first.
    private void report() {
        boolean connected = self != null;
        String problem =
                !identityProblem.isEmpty()
                        ? identityProblem
                        : !snapshotProblem.isEmpty() ? snapshotProblem : connectionProblem;
        String report = connected + problem;
        if (!report.equals(reported)) {
            reported = report;
            try {
                listener.state(connected, problem);
            } catch (RuntimeException _) {
                // whom could it be told; the link goes on
            }
        }
    }

    /// What the last life of this sidecar left behind, so that it serves before, and without, its
    /// control plane.
    private void restore() {
        Path state = settings.state();
        try {
            Files.createDirectories(
                    state,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            LinkIdentity.Outcome outcome = identity.restore(clock.instant());
            identityProblem = outcome.problem();
            if (outcome.isNew()) {
                deliverIdentity();
            }
            Path file = state.resolve(SNAPSHOT);
            if (Files.exists(file)) {
                snapshotProblem = restore(SnapshotFile.load(file));
            }
        } catch (IOException | RuntimeException e) {
            snapshotProblem = "cannot restore from " + state + ": " + e.getMessage();
        }
        if (!identityProblem.isEmpty() || !snapshotProblem.isEmpty()) {
            report();
        }
    }

    private String restore(MeshSnapshot snapshot) {
        if (!snapshot.self().pod().equals(settings.pod())) {
            return "the snapshot on disk is of pod "
                    + snapshot.self().pod()
                    + ", expected "
                    + settings.pod();
        }
        List<ConfigProblem> problems = offer(snapshot);
        if (!problems.isEmpty()) {
            return "the snapshot on disk was not taken: " + problems.getFirst();
        }
        var wanted = new ArrayList<IpPort>(snapshot.outside());
        for (MeshService service : snapshot.services()) {
            for (InetAddress address : service.virtualAddresses()) {
                for (ServicePort port : service.ports()) {
                    wanted.add(new IpPort(address, port.port()));
                }
            }
        }
        wishes.add(wanted);
        return "";
    }
}
