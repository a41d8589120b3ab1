package io.proa.sidecar;

import io.proa.host.SocketOwner;
import io.proa.identity.IdentityStore;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.DataPlaneSettings.Published;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.Subscriptions;
import io.proa.proxy.loop.Loop;
import io.proa.telemetry.AccessLog;
import io.proa.telemetry.EventLog;
import io.proa.telemetry.SidecarGauges;
import io.proa.telemetry.Telemetry;
import io.proa.telemetry.WallTime;
import io.proa.wire.ControlLink;
import io.proa.wire.SnapshotFile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One sidecar: a data plane, where its snapshots and identity come from, and its admin interface.
final class Sidecar implements AutoCloseable {
    static final String VERSION = "0.1.0";
    private static final int LOOK_MILLIS = 20;
    private static final int ROOT = 0;

    private final SidecarSettings settings;
    private final IdentityGate gate = new IdentityGate();
    private final EventLog events;
    private final Telemetry telemetry;
    private final SystemResolver resolver;
    private final DataPlane plane;
    private final AdminPlane admin;
    private final StandardInput input = new StandardInput();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable ControlLink control;
    private volatile @Nullable WorkloadIdentity identity;
    private volatile @Nullable TrustBundle bundle;
    private volatile boolean started;
    private volatile boolean connected;
    private volatile String problem = "";
    private volatile boolean requestsDone;

    private Sidecar(SidecarSettings settings, Runnable quit) throws IOException {
        this.settings = settings;
        this.events =
                new EventLog(new FileOutputStream(FileDescriptor.err), System::currentTimeMillis);
        AccessLog log =
                new AccessLog(
                        new FileOutputStream(FileDescriptor.out),
                        WallTime.anchored(System.nanoTime(), System.currentTimeMillis()),
                        settings.loops());
        log.mode(settings.accessLog());
        this.telemetry = new Telemetry(VERSION, settings.loops(), new Gauges(), log);
        this.resolver = new SystemResolver(settings.hosts());
        removeStaleSockets();
        this.plane = DataPlane.open(dataPlaneSettings(), surroundings());
        this.admin = AdminPlane.open(settings, new AdminPages(this), changes(quit), events);
    }

    /// Binds every listener; serves nothing yet.
    static Sidecar open(SidecarSettings settings, Runnable quit) throws IOException {
        return new Sidecar(settings, quit);
    }

    private Map<String, Runnable> changes(Runnable quit) {
        return Map.of(
                "/drain",
                () -> new Thread(this::drain, "proa-drain").start(),
                "/app-gone",
                this::appGone,
                "/quitquitquit",
                quit);
    }

    /// A predecessor that was killed has left its Unix sockets, which could not be bound again.
    private void removeStaleSockets() throws IOException {
        for (Published published : settings.published()) {
            Files.deleteIfExists(published.socket());
        }
    }

    private DataPlaneSettings dataPlaneSettings() {
        return new DataPlaneSettings(
                settings.loops(),
                settings.outbound(),
                settings.forwards(),
                settings.inbound(),
                settings.mesh(),
                settings.published(),
                settings.transparent(),
                settings.accessLog() == AccessLog.Mode.ALL,
                settings.headLimits(),
                proxy(),
                settings.paths(),
                DataPlaneSettings.DEFAULT_MEMORY);
    }

    /// For the application, which is this process' user's unless said otherwise; root can do as it
    /// likes anyway.
    private DataPlaneSettings.@Nullable Proxy proxy() {
        if (settings.proxy() == null) {
            return null;
        }
        Set<Integer> users = new HashSet<>(settings.proxyUsers());
        users.add(ROOT);
        users.add(SocketOwner.ofThisProcess());
        return new DataPlaneSettings.Proxy(settings.proxy(), users);
    }

    private DataPlane.Surroundings surroundings() {
        Subscriptions subscriptions =
                settings.source() instanceof SidecarSettings.Source.Control
                        ? this::subscribe
                        : Subscriptions.NONE;
        return new DataPlane.Surroundings(
                gate,
                subscriptions,
                telemetry::ofLoop,
                new Troubles(),
                new SecureRandom().nextLong(),
                resolver);
    }

    private boolean subscribe(IpPort destination) {
        ControlLink link = control;
        if (link != null) {
            link.subscribe(List.of(destination));
        }
        return true;
    }

    /// What goes wrong on the loops themselves.
    private final class Troubles implements Loop.BugReport {
        /// Loud, counted by the log, and the end of one connection only.
        @Override
        public void bug(Throwable thrown) {
            StackTraceElement[] trace = thrown.getStackTrace();
            events.error(
                    "bug",
                    "what",
                    thrown.toString(),
                    "where",
                    trace.length == 0 ? "" : trace[0].toString());
            if (System.getProperty("io.proa.traces") != null) {
                thrown.printStackTrace();
            }
        }

        @Override
        public void shedding(boolean begun, long bytes) {
            if (begun) {
                events.warn("memory", "shedding", "begun", "held", Long.toString(bytes));
            } else {
                events.info("memory", "shedding", "over", "held", Long.toString(bytes));
            }
        }

        @Override
        public void cannotAccept(IOException cause) {
            events.warn("accept", "paused", String.valueOf(cause.getMessage()));
        }
    }

    void start() throws BadSource, IOException {
        switch (settings.source()) {
            case SidecarSettings.Source.File file -> fromFile(file);
            case SidecarSettings.Source.Control from -> fromControl(from);
        }
        plane.start();
        admin.start();
        started = true;
    }

    private void fromFile(SidecarSettings.Source.File file) throws BadSource {
        try {
            if (file.identity() != null) {
                switch (new IdentityStore(file.identity()).load()) {
                    case IdentityStore.Loaded.Found(WorkloadIdentity own, TrustBundle roots) ->
                            identify(own, roots);
                    case IdentityStore.Loaded.Nothing _ ->
                            throw BadSource.missing(
                                    "--identity "
                                            + file.identity()
                                            + ": saw no identity in it, expected a folder with one");
                    case IdentityStore.Loaded.Damaged(String why) -> throw new BadSource(why);
                }
            }
            if (!Files.isRegularFile(file.snapshot()) || !Files.isReadable(file.snapshot())) {
                throw BadSource.missing(
                        "--snapshot "
                                + file.snapshot()
                                + ": "
                                + (Files.exists(file.snapshot())
                                        ? "cannot be read"
                                        : "no such file")
                                + "; expected a snapshot as JSON");
            }
            plane.publish(SnapshotFile.load(file.snapshot()));
        } catch (IOException e) {
            throw new BadSource(String.valueOf(e.getMessage()));
        }
    }

    private void fromControl(SidecarSettings.Source.Control from) throws IOException {
        control =
                ControlLink.start(
                        new ControlLink.Settings(
                                from.socket(),
                                from.pod(),
                                input.firstLine(),
                                from.state(),
                                VERSION),
                        new Line());
        input.listen();
    }

    private void identify(WorkloadIdentity own, TrustBundle roots) {
        gate.open(TlsProvider.open(own, roots, TlsSettings.defaults()));
        identity = own;
        bundle = roots;
        events.info("identity", "id", own.id().toString(), "until", own.notAfter().toString());
    }

    /// What comes from the control plane.
    private final class Line implements ControlLink.Listener {
        @Override
        public void identity(WorkloadIdentity own, TrustBundle roots) {
            identify(own, roots);
        }

        @Override
        public List<ConfigProblem> snapshot(MeshSnapshot next) {
            plane.publish(next);
            events.info(
                    "snapshot",
                    "revision",
                    next.revision().toString(),
                    "services",
                    Integer.toString(next.services().size()));
            return List.of();
        }

        @Override
        public void state(boolean nowConnected, String nowProblem) {
            connected = nowConnected;
            problem = nowProblem;
            if (nowProblem.isEmpty()) {
                events.info("control", "connected", Boolean.toString(nowConnected));
            } else {
                events.warn(
                        "control",
                        "connected",
                        Boolean.toString(nowConnected),
                        "problem",
                        nowProblem);
            }
        }
    }

    private final class Gauges implements SidecarGauges {
        @Override
        public long snapshotRevision() {
            MeshSnapshot now = plane.snapshot();
            return now == null ? 0 : now.revision().number();
        }

        @Override
        public long certificateExpiresAt() {
            WorkloadIdentity now = identity;
            return now == null ? 0 : now.notAfter().getEpochSecond();
        }

        @Override
        public long trustExpiresAt() {
            TrustBundle now = bundle;
            return now == null
                    ? 0
                    : now.roots().stream()
                            .mapToLong(root -> root.getNotAfter().toInstant().getEpochSecond())
                            .min()
                            .orElse(0);
        }

        @Override
        public long bufferBytes() {
            return plane.lentBytes();
        }

        @Override
        public boolean controlConnected() {
            return connected;
        }

        @Override
        public boolean ownNetwork() {
            return settings.transparent();
        }
    }

    /// Why the sidecar cannot serve yet; empty = it can.
    String unready() {
        if (draining.get()) {
            return requestsDone ? "drained" : "draining";
        }
        if (plane.snapshot() == null) {
            return problem.isEmpty() ? "no snapshot yet" : problem;
        }
        if (settings.mesh() != null && !gate.isOpen()) {
            return problem.isEmpty() ? "no identity yet" : problem;
        }
        return "";
    }

    Telemetry telemetry() {
        return telemetry;
    }

    DataPlane plane() {
        return plane;
    }

    /// Where everything listens, by name.
    Map<String, SocketAddress> listening() {
        Map<String, SocketAddress> all = new TreeMap<>(plane.listening());
        all.putAll(admin.listening());
        return all;
    }

    @Nullable WorkloadIdentity identity() {
        return identity;
    }

    @Nullable TrustBundle bundle() {
        return bundle;
    }

    /// Lets inbound work finish; outbound serves on.
    void drain() {
        if (!started) {
            return;
        }
        boolean first = draining.compareAndSet(false, true);
        try {
            boolean done = plane.drain(settings.drain().toNanos(), this::lookAtDraining);
            requestsDone |= done;
            if (first) {
                events.info("drained", "complete", Boolean.toString(done));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Opaque connections may stand for ever; whoever waits for the end of what is under way before
    /// it ends the application is told of the requests alone.
    private boolean lookAtDraining() {
        try {
            requestsDone = plane.inboundRequests() == 0;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return input.appIsGone();
    }

    /// The application is gone: nobody is left to be served.
    void appGone() {
        input.appGone();
    }

    /// Drains, serves the application until it is gone, then closes.
    void end() {
        if (closed.get()) {
            return;
        }
        long until = System.nanoTime() + settings.drain().toNanos();
        drain();
        try {
            while (started && !appIsGone() && System.nanoTime() < until) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    private boolean appIsGone() throws InterruptedException {
        return input.appIsGone() || input.nobodyTells() && plane.outboundIdle();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        admin.close();
        plane.close();
        resolver.close();
        ControlLink link = control;
        if (link != null) {
            link.close();
        }
        telemetry.accessLog().close();
        events.close();
    }
}
