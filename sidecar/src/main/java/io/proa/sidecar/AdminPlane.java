package io.proa.sidecar;

import io.proa.formats.HeadLimits;
import io.proa.formats.MessageHead;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.ClientConnection;
import io.proa.proxy.http.ConnectionObserver;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.HttpTools;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Listener;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.PlainLink;
import io.proa.telemetry.EventLog;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reply;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The admin interface on a loop of its own, so that it answers while traffic is heavy and traffic
/// flows while a page is written.
///
/// The application shares the pod's loopback: what listens there is read-only and answers only to
/// names of this machine (a web page elsewhere must not reach it by rebinding its own name).
/// Changes go by the Unix socket, which only the sidecar's own user may open.
final class AdminPlane implements AutoCloseable {
    private static final ClientConnection.Patience PATIENCE =
            new ClientConnection.Patience(5_000_000_000L, 60_000_000_000L);

    /// What one listener answers.
    private record Door(Predicate<String> pages, boolean changes) {}

    private final Loop loop;
    private final HttpTools tools = new HttpTools(HeadLimits.DEFAULT);
    private final AdminPages pages;
    private final Map<String, Runnable> changes;
    private final EventLog events;
    private final Map<String, SocketAddress> listening = new HashMap<>();
    private @Nullable Thread thread;
    private @Nullable Path socket;
    private @Nullable Object socketKey;

    private AdminPlane(AdminPages pages, Map<String, Runnable> changes, EventLog events)
            throws IOException {
        this.loop = new Loop(1, thrown -> events.error("bug", "what", thrown.toString()));
        this.pages = pages;
        this.changes = changes;
        this.events = events;
    }

    /// @param changes by the path that is posted to
    static AdminPlane open(
            SidecarSettings settings,
            AdminPages pages,
            Map<String, Runnable> changes,
            EventLog events)
            throws IOException {
        AdminPlane plane = new AdminPlane(pages, changes, events);
        if (settings.admin() != null) {
            plane.listen("admin", settings.admin(), new Door(_ -> true, false));
        }
        if (settings.metrics() != null) {
            plane.listen(
                    "metrics",
                    settings.metrics(),
                    new Door(
                            path -> path.equals("/metrics") || path.equals("/stats/prometheus"),
                            false));
        }
        if (settings.health() != null) {
            plane.listen(
                    "health",
                    settings.health(),
                    new Door(path -> path.endsWith("/ready") || path.equals("/live"), false));
        }
        Path socket = settings.adminSocket();
        if (socket != null) {
            Files.deleteIfExists(socket);
            plane.listen(
                    "admin-socket", UnixDomainSocketAddress.of(socket), new Door(_ -> true, true));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            plane.socket = socket;
            plane.socketKey = keyOf(socket);
        }
        return plane;
    }

    private void listen(String name, SocketAddress address, Door door) throws IOException {
        Listener listener = Listener.open(loop, address, accepted -> serve(accepted, door));
        listening.put(name, listener.localAddress());
    }

    Map<String, SocketAddress> listening() {
        return listening;
    }

    private void serve(SocketChannel accepted, Door door) throws IOException {
        Link link = new PlainLink(loop, accepted, LinkHandler.NOBODY, SelectionKey.OP_READ);
        Arrival arrival =
                new Arrival(
                        Direction.INBOUND,
                        Security.PLAINTEXT,
                        HttpVersion.HTTP1,
                        null,
                        null,
                        null,
                        door);
        new ClientConnection(link, tools, arrival, this::answer, new Unobserved(), PATIENCE)
                .start();
    }

    private void answer(ArrivedRequest request, Reply<? super UpstreamResponse> reply) {
        Exchange exchange = request.exchange();
        Door door = (Door) exchange.arrival().target();
        AdminPages.Page page = page(exchange, door);
        exchange.answer(page.status(), page.contentType(), page.body());
    }

    private AdminPages.Page page(Exchange exchange, Door door) {
        if (!door.changes() && !ownName(exchange.header("host"))) {
            return AdminPages.Page.text(421, "this is answered to localhost only\n");
        }
        String path = exchange.path();
        if (exchange.method().equals("POST") && door.changes()) {
            return change(path);
        }
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            return AdminPages.Page.text(405, "changes go by the admin socket\n");
        }
        AdminPages.Page page =
                door.pages().test(path) ? pages.page(path, query(exchange.head())) : null;
        return page == null ? AdminPages.Page.text(404, "no such page; see /\n") : page;
    }

    /// With its question mark; empty where there is none.
    private static String query(MessageHead head) {
        return head.text(head.pathEnd(), head.targetEnd());
    }

    private AdminPages.Page change(String path) {
        Runnable change = changes.get(path);
        if (change == null) {
            return AdminPages.Page.text(404, "expected POST /drain, /app-gone or /quitquitquit\n");
        }
        change.run();
        events.info("admin", "change", path);
        return AdminPages.Page.text(200, "ok\n");
    }

    private static boolean ownName(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name =
                host.startsWith("[")
                        ? host.substring(0, host.indexOf(']') + 1)
                        : host.replaceFirst(":\\d*$", "");
        return name.equals("localhost") || name.equals("127.0.0.1") || name.equals("[::1]");
    }

    /// Admin requests are nobody's traffic.
    private static final class Unobserved implements ConnectionObserver {
        @Override
        public void malformed(ExchangeRecord record) {}

        @Override
        public void responding(Exchange exchange) {}

        @Override
        public boolean tellsSidecars(Arrival arrival) {
            return false;
        }

        @Override
        public void closed(ClientConnection connection) {}
    }

    void start() {
        thread = new Thread(null, loop, "proa-admin", 0);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        loop.stop();
        Path own = socket;
        try {
            // A successor may have put its own socket in this place.
            if (own != null && Objects.equals(socketKey, keyOf(own))) {
                Files.deleteIfExists(own);
            }
        } catch (IOException _) {
            // Gone already, or in a folder that is no longer ours to change.
        }
    }

    private static @Nullable Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }
}
