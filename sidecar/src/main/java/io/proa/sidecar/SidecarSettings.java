package io.proa.sidecar;

import io.proa.formats.HeadLimits;
import io.proa.model.IpPort;
import io.proa.model.MeshPorts;
import io.proa.model.ServiceName;
import io.proa.proxy.DataPlaneSettings.Forward;
import io.proa.proxy.DataPlaneSettings.Published;
import io.proa.telemetry.AccessLog;
import io.proa.traffic.PathPolicy;
import io.proa.wire.DurationText;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Everything the command line says, checked.
///
/// @param source where snapshots and identity come from
/// @param loops threads of the data plane
/// @param proxy where the application finds its HTTP proxy; null = it is not explicit mode
/// @param proxyUsers whose programs may use that, besides root's and those of this process' user
/// @param hosts names that the HTTP proxy knows besides those of the machine; null = none
record SidecarSettings(
        Source source,
        int loops,
        @Nullable InetSocketAddress proxy,
        Set<Integer> proxyUsers,
        @Nullable InetSocketAddress outbound,
        List<Forward> forwards,
        @Nullable InetSocketAddress inbound,
        @Nullable InetSocketAddress mesh,
        List<Published> published,
        @Nullable InetSocketAddress admin,
        @Nullable InetSocketAddress metrics,
        @Nullable InetSocketAddress health,
        @Nullable Path adminSocket,
        @Nullable Path hosts,
        AccessLog.Mode accessLog,
        Duration drain,
        HeadLimits headLimits,
        PathPolicy paths) {
    /// Where snapshots and identity come from.
    sealed interface Source {
        /// A control plane on this machine; the first token is read from standard input.
        record Control(Path socket, String pod, Path state) implements Source {}

        /// A file, and a folder with an identity where mutual TLS is wanted.
        record File(Path snapshot, @Nullable Path identity) implements Source {}
    }

    static final String HELP =
            """
            Runs one sidecar, in this network namespace.

            Usage: proa sidecar --control SOCKET --pod NAME --state DIR [OPTION...]
                   proa sidecar --snapshot FILE [--identity DIR] [OPTION...]

            `proa demo` starts sidecars by itself; this is for images and experiments.

            Where snapshots and identity come from:
              --control SOCKET          control plane's Unix socket; the pod's token is read from standard input
              --pod NAME                this pod's name
              --state DIR               keeps the last good identity and snapshot
              --snapshot FILE           a snapshot as JSON, instead of a control plane
              --identity DIR            the identity for --snapshot; without it there is no mutual TLS

            Listeners (ADDRESS:PORT or off):
              --outbound [::]:15001     redirected connections of the application
              --inbound [::]:15006      redirected connections from outside the mesh
              --mesh [::]:15008         mutual TLS from other sidecars
              --forward LISTEN=DEST     a local listener that stands for DEST; needs no redirect; repeatable
              --publish SOCKET=PORT     a Unix socket that stands for the application's PORT; repeatable
              --admin 127.0.0.1:15000   read-only: /ready /live /metrics /stats.json /config_dump /destinations
                                        /explain?destination= /certs /stack /listeners
              --metrics 127.0.0.1:15090 /metrics
              --health 127.0.0.1:15021  /ready /live
              --admin-socket SOCKET     all of the above, and POST /drain /app-gone /quitquitquit

            Explicit mode, for machines where nothing can be redirected (a client can then bypass the sidecar):
              --explicit                the application uses the sidecar as its HTTP proxy (HTTP_PROXY, http_proxy):
                                        --outbound is where that listens, a loopback address (default:
                                        127.0.0.1:15001); --inbound is off; --mesh is 127.0.0.1:15008 unless given,
                                        and every sidecar of the machine needs its own; the application is
                                        reached on loopback, at the port its service declares as targetPort
              --proxy-user UID          whose programs may use it besides root's and this user's; others are told that
                                        it is not theirs, and counted; repeatable
              --hosts FILE              names and addresses as in /etc/hosts, asked before the machine's own; read
                                        again when it changes

            A port of 0 is chosen by the system; /listeners on the admin interface tells which it is.

            Behaviour:
              --loops N                 threads of the data plane (default: 1)
              --access-log MODE         off, errors (default) or all; JSON lines on standard output
              --max-head BYTES          the most that a request's or response's head may have, 1024 to 61440 (default:
                                        61440); beyond it 431, and ENHANCE_YOUR_CALM or a reset where HTTP/2 has no answer
              --max-fields N            the most field lines of a head, 8 to 1000 (default: 128)
              --encoded-slashes WORD    what %2F and %5C in a path are to rules: keep (default), decode, or refuse (400)
              --dot-segments WORD       what . and .. in a path are: resolve for rules (default), or refuse (400)
              --drain DURATION          on SIGTERM nothing more is accepted from the mesh and the outside and what is
                                        under way finishes, while the application is served on until it is gone;
                                        this is how long all that may take (default: 5s). That it is gone is said by
                                        the line "gone" on standard input, where that is open, or by POST /app-gone on
                                        the admin socket; where nobody can say it, it has no connection left
              -h, --help                this text

            Examples:
              # beside a program, after `token orders-1` was asked of proa control --operator
              proa sidecar --control /run/proa/control.sock --pod orders-1 --state /var/lib/proa/orders-1 <token
              # a local listener for a service described in a file, without redirect
              proa sidecar --snapshot mesh.json --forward 127.0.0.1:8081=10.88.0.1:80 \\
                  --outbound off --inbound off --mesh off
              # an HTTP proxy for a program without a network of its own
              proa sidecar --explicit --mesh 127.0.0.1:15108 --admin off --metrics off --health off \\
                  --hosts hosts --control control.sock --pod web-1 --state state --admin-socket admin.sock <token
            """;

    /// The next sidecar takes 4 KiB more, and that is the largest buffer there is.
    private static final int LONGEST_HEAD = 60 * 1024;

    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);
    private static final String EXPLICIT = "--explicit";

    private static final List<String> OPTIONS =
            List.of(
                    "--control",
                    "--pod",
                    "--state",
                    "--snapshot",
                    "--identity",
                    "--loops",
                    "--outbound",
                    "--inbound",
                    "--mesh",
                    "--admin",
                    "--metrics",
                    "--health",
                    "--forward",
                    "--publish",
                    "--admin-socket",
                    "--hosts",
                    "--proxy-user",
                    "--access-log",
                    "--max-head",
                    "--max-fields",
                    "--encoded-slashes",
                    "--dot-segments",
                    "--drain");

    boolean transparent() {
        return outbound != null || inbound != null;
    }

    /// @throws UsageProblem naming the first argument that does not fit
    static SidecarSettings parse(String[] args) throws UsageProblem {
        Parser parser = new Parser();
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            boolean joined = equals > 0 && args[i].startsWith("--");
            String name = joined ? args[i].substring(0, equals) : args[i];
            if (args[i].equals(EXPLICIT)) {
                parser.explicit = true;
                continue;
            }
            if (!OPTIONS.contains(name)) {
                throw new UsageProblem(
                        name.startsWith("-")
                                ? "unknown option '" + name + "'"
                                : "saw '" + name + "', expected only options");
            }
            if (!joined && i + 1 == args.length) {
                throw new UsageProblem(name + " needs a value");
            }
            parser.take(name, joined ? args[i].substring(equals + 1) : args[++i]);
        }
        return parser.settings();
    }

    /// A listener as given; null = off.
    private record Listen(@Nullable InetSocketAddress address) {}

    private static final class Parser {
        private @Nullable Path control;
        private @Nullable String pod;
        private @Nullable Path state;
        private @Nullable Path snapshot;
        private @Nullable Path identity;
        private int loops = 1;
        private boolean explicit;
        private @Nullable Listen outbound;
        private @Nullable Listen inbound;
        private @Nullable Listen mesh;
        private @Nullable InetSocketAddress admin = loopback(MeshPorts.ADMIN);
        private @Nullable InetSocketAddress metrics = loopback(MeshPorts.METRICS);
        private @Nullable InetSocketAddress health = loopback(MeshPorts.HEALTH);
        private final List<Forward> forwards = new ArrayList<>();
        private final List<Published> published = new ArrayList<>();
        private @Nullable Path adminSocket;
        private @Nullable Path hosts;
        private final Set<Integer> proxyUsers = new HashSet<>();
        private AccessLog.Mode accessLog = AccessLog.Mode.ERRORS;
        private Duration drain = Duration.ofSeconds(5);
        private int maxHead = LONGEST_HEAD;
        private int maxFields = 128;
        private PathPolicy paths = PathPolicy.DEFAULT;

        private static InetSocketAddress wildcard(int port) {
            return new InetSocketAddress(IpPort.literal("::"), port);
        }

        private static InetSocketAddress loopback(int port) {
            return new InetSocketAddress(IpPort.literal("127.0.0.1"), port);
        }

        void take(String name, String value) throws UsageProblem {
            switch (name) {
                case "--control" -> control = Path.of(value);
                case "--pod" -> pod = value;
                case "--state" -> state = Path.of(value);
                case "--snapshot" -> snapshot = Path.of(value);
                case "--identity" -> identity = Path.of(value);
                case "--loops" -> loops = number(name, value, 1, 256);
                case "--outbound" -> outbound = new Listen(listener(name, value));
                case "--inbound" -> inbound = new Listen(listener(name, value));
                case "--mesh" -> mesh = new Listen(listener(name, value));
                case "--admin" -> admin = listener(name, value);
                case "--metrics" -> metrics = listener(name, value);
                case "--health" -> health = listener(name, value);
                case "--forward" -> forwards.add(forward(value));
                case "--publish" -> published.add(published(value));
                case "--admin-socket" -> adminSocket = Path.of(value);
                case "--proxy-user" -> proxyUsers.add(number(name, value, 0, Integer.MAX_VALUE));
                case "--hosts" -> hosts = Path.of(value);
                case "--access-log" -> accessLog = mode(value);
                case "--drain" -> drain = duration(name, value);
                case "--max-head" -> maxHead = number(name, value, 1024, LONGEST_HEAD);
                case "--max-fields" -> maxFields = number(name, value, 8, 1000);
                case "--encoded-slashes" ->
                        paths = new PathPolicy(encodedSlashes(value), paths.dotSegments());
                case "--dot-segments" ->
                        paths = new PathPolicy(paths.encodedSlashes(), dotSegments(value));
                default -> throw new IllegalStateException(name);
            }
        }

        SidecarSettings settings() throws UsageProblem {
            return new SidecarSettings(
                    source(),
                    loops,
                    explicit ? proxy() : null,
                    proxyUsers(),
                    explicit ? null : or(outbound, wildcard(MeshPorts.OUTBOUND)),
                    List.copyOf(forwards),
                    explicit ? nowhere() : or(inbound, wildcard(MeshPorts.INBOUND_PLAINTEXT)),
                    or(mesh, explicit ? loopback(MeshPorts.MESH) : wildcard(MeshPorts.MESH)),
                    List.copyOf(published),
                    admin,
                    metrics,
                    health,
                    adminSocket,
                    hosts(),
                    accessLog,
                    drain,
                    new HeadLimits(maxHead, maxFields),
                    paths);
        }

        private static @Nullable InetSocketAddress or(
                @Nullable Listen given, InetSocketAddress usual) {
            return given == null ? usual : given.address();
        }

        private static String shown(InetSocketAddress address) {
            String host = address.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
        }

        private InetSocketAddress proxy() throws UsageProblem {
            InetSocketAddress address = or(outbound, loopback(MeshPorts.OUTBOUND));
            if (address == null || !address.getAddress().isLoopbackAddress()) {
                throw new UsageProblem(
                        "--outbound "
                                + (address == null ? "off" : shown(address))
                                + ": expected a loopback address with --explicit, such as 127.0.0.1:15001");
            }
            return address;
        }

        private @Nullable InetSocketAddress nowhere() throws UsageProblem {
            InetSocketAddress address = inbound == null ? null : inbound.address();
            if (address != null) {
                throw new UsageProblem(
                        "--inbound "
                                + shown(address)
                                + ": expected off with --explicit, which redirects nothing");
            }
            return null;
        }

        private Set<Integer> proxyUsers() throws UsageProblem {
            if (!proxyUsers.isEmpty() && !explicit) {
                throw new UsageProblem("--proxy-user goes with --explicit only");
            }
            return Set.copyOf(proxyUsers);
        }

        private @Nullable Path hosts() throws UsageProblem {
            if (hosts != null && !explicit) {
                throw new UsageProblem(
                        "--hosts goes with --explicit only: redirected applications resolve names themselves");
            }
            return hosts;
        }

        private Source source() throws UsageProblem {
            if (control != null && snapshot != null) {
                throw new UsageProblem("--control and --snapshot exclude each other");
            }
            if (snapshot != null) {
                return new Source.File(snapshot, identity);
            }
            if (control == null || pod == null || state == null) {
                throw new UsageProblem(
                        "expected --control SOCKET --pod NAME --state DIR, or --snapshot FILE");
            }
            if (!ServiceName.isLabel(pod)) {
                throw new UsageProblem(
                        "--pod '"
                                + pod
                                + "': expected 1 to 63 of a-z 0-9 -, beginning and ending with a letter or digit");
            }
            return new Source.Control(control, pod, state);
        }

        private static @Nullable InetSocketAddress listener(String name, String value)
                throws UsageProblem {
            return value.equals("off") ? null : address(name, value);
        }

        private static InetSocketAddress address(String name, String value) throws UsageProblem {
            int colon = value.lastIndexOf(':');
            try {
                if (value.endsWith(":0")) {
                    String host = value.substring(0, colon).replace("[", "").replace("]", "");
                    return new InetSocketAddress(IpPort.literal(host), 0);
                }
                return IpPort.parse(value).toSocketAddress();
            } catch (IllegalArgumentException e) {
                throw new UsageProblem(name + ": " + e.getMessage());
            }
        }

        private static Forward forward(String value) throws UsageProblem {
            int equals = value.indexOf('=');
            if (equals < 0) {
                throw new UsageProblem("--forward '" + value + "': expected LISTEN=DESTINATION");
            }
            try {
                return new Forward(
                        address("--forward", value.substring(0, equals)),
                        IpPort.parse(value.substring(equals + 1)));
            } catch (IllegalArgumentException e) {
                throw new UsageProblem("--forward: " + e.getMessage());
            }
        }

        private static Published published(String value) throws UsageProblem {
            int equals = value.lastIndexOf('=');
            if (equals < 1) {
                throw new UsageProblem("--publish '" + value + "': expected SOCKET=PORT");
            }
            return new Published(
                    Path.of(value.substring(0, equals)),
                    number("--publish", value.substring(equals + 1), 1, 65535));
        }

        private static AccessLog.Mode mode(String value) throws UsageProblem {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "off" -> AccessLog.Mode.OFF;
                case "errors" -> AccessLog.Mode.ERRORS;
                case "all" -> AccessLog.Mode.ALL;
                default ->
                        throw new UsageProblem(
                                "--access-log '" + value + "': expected off, errors or all");
            };
        }

        private static PathPolicy.EncodedSlashes encodedSlashes(String value) throws UsageProblem {
            return switch (value) {
                case "keep" -> PathPolicy.EncodedSlashes.KEEP;
                case "decode" -> PathPolicy.EncodedSlashes.DECODE;
                case "refuse" -> PathPolicy.EncodedSlashes.REFUSE;
                default ->
                        throw new UsageProblem(
                                "--encoded-slashes '"
                                        + value
                                        + "': expected keep, decode or refuse");
            };
        }

        private static PathPolicy.DotSegments dotSegments(String value) throws UsageProblem {
            return switch (value) {
                case "resolve" -> PathPolicy.DotSegments.RESOLVE;
                case "refuse" -> PathPolicy.DotSegments.REFUSE;
                default ->
                        throw new UsageProblem(
                                "--dot-segments '" + value + "': expected resolve or refuse");
            };
        }

        private static Duration duration(String name, String value) throws UsageProblem {
            try {
                Duration duration = DurationText.parse(value);
                if (duration.compareTo(LONGEST_DRAIN) <= 0) {
                    return duration;
                }
            } catch (IllegalArgumentException e) {
                throw new UsageProblem(name + ": " + e.getMessage());
            }
            throw new UsageProblem(name + " '" + value + "': expected at most 1h");
        }

        private static int number(String name, String value, int least, int most)
                throws UsageProblem {
            try {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // Said below, with the range.
            }
            throw new UsageProblem(
                    name + " '" + value + "': expected a number from " + least + " to " + most);
        }
    }
}
