package io.proa.host;

import io.proa.model.IpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Anonymous network, mount, process and host name namespaces, held by a process 1 that is a few
/// hundred kilobytes of shell (`pod-init.sh`). They are gone, with all processes in them, as soon
/// as this process closes them or dies.
final class Namespace implements AutoCloseable {
    private final HelperProcess holder;
    private final long initPid;
    private final Duration grace;

    private Namespace(HelperProcess holder, long initPid, Duration grace) {
        this.holder = holder;
        this.initPid = initPid;
        this.grace = grace;
    }

    /// How a namespace is held.
    ///
    /// @param grace how long applications may take to end
    /// @param hosts bound over /etc/hosts; "-" leaves that as it is
    /// @param resolvConf likewise over /etc/resolv.conf
    /// @param sysctls `net/ipv4/NAME=VALUE`
    /// @param keptRunning a command started again whenever it ends; may be empty
    /// @param errors where process 1 and the command write; PIPE keeps it for messages
    record Order(
            String name,
            Path script,
            Duration grace,
            String hosts,
            String resolvConf,
            List<String> sysctls,
            List<String> keptRunning,
            Map<String, String> environment,
            ProcessBuilder.Redirect errors) {}

    static Namespace create(Order order, Duration patience) throws IOException {
        return create(List.of("unshare", "--net"), order, patience);
    }

    /// The same, but in the network namespace of a process that is there already.
    static Namespace beside(long pid, Order order, Duration patience) throws IOException {
        return create(
                List.of("nsenter", "--target", Long.toString(pid), "--net", "--", "unshare"),
                order,
                patience);
    }

    private static Namespace create(List<String> unshare, Order order, Duration patience)
            throws IOException {
        List<String> command = new ArrayList<>();
        // In a session of its own: what a terminal sends to this process' group, or an application
        // to its own, is not meant for whoever runs in here.
        command.add("setsid");
        command.addAll(unshare);
        command.addAll(List.of("--mount", "--uts", "--pid"));
        command.addAll(List.of("--fork", "--kill-child", "--mount-proc", "sh"));
        command.addAll(List.of(order.script().toString(), order.name()));
        command.add(Long.toString(order.grace().toMillis()));
        command.addAll(List.of(order.hosts(), order.resolvConf()));
        command.addAll(order.sysctls());
        command.add("--");
        command.addAll(order.keptRunning());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(order.errors());
        builder.environment().putAll(order.environment());
        HelperProcess holder = HelperProcess.start(builder);
        try {
            String word = holder.next(patience);
            if (!word.equals("ready")) {
                throw new IOException("process 1 said '" + word + "'");
            }
            long init =
                    holder.process()
                            .children()
                            .findFirst()
                            .orElseThrow(() -> new IOException("process 1 has ended"))
                            .pid();
            return new Namespace(holder, init, order.grace());
        } catch (IOException e) {
            holder.close();
            throw new IOException(
                    "namespaces of " + order.name() + ": " + e.getMessage() + remedy(), e);
        }
    }

    private static String remedy() {
        return NamespaceSupport.obstacle().map(o -> ". " + o).orElse("");
    }

    /// Process 1, as this process sees it.
    long initPid() {
        return initPid;
    }

    /// Starts what was to be kept running; `token` reaches the first run's standard input.
    void release(String token) throws IOException {
        if (token.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a token is one line");
        }
        holder.tell(token);
    }

    boolean isAlive() {
        return holder.process().isAlive();
    }

    /// `command` within all four namespaces, as the user this process is.
    List<String> inside(List<String> command) {
        List<String> inside = new ArrayList<>();
        inside.addAll(List.of("nsenter", "--target", Long.toString(initPid)));
        inside.addAll(List.of("--net", "--mount", "--uts", "--pid", "--"));
        inside.addAll(command);
        return inside;
    }

    /// What goes before a command that is to be within all four namespaces, except that only its
    /// children are in the process namespace.
    ///
    /// @param fromOutside also into the user namespace, as its owner; its owner's parent has all
    ///   capabilities in it
    List<String> entrance(boolean fromOutside) {
        List<String> entrance = new ArrayList<>();
        entrance.addAll(List.of("nsenter", "--target", Long.toString(initPid)));
        if (fromOutside) {
            // Supplementary groups cannot be changed there, and the user is mapped already.
            entrance.addAll(List.of("--user", "--preserve-credentials"));
        }
        entrance.addAll(List.of("--net", "--mount", "--uts", "--pid", "--no-fork", "--"));
        return entrance;
    }

    /// A [NamespaceSetup] within the network and host name namespaces only: it sees this process'
    /// files and names other namespaces by their processes.
    SetupProcess setup(List<String> javaOptions, Duration patience) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("nsenter", "--target", Long.toString(initPid)));
        command.addAll(List.of("--net", "--uts", "--"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for a moment: nothing is worth compiling or keeping.
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-Xmx16m", "-XX:-UsePerfData"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", classPath(), NamespaceSetup.class.getName()));
        return new SetupProcess(HelperProcess.start(new ProcessBuilder(command)), patience);
    }

    /// Only this room and the model below it.
    private static String classPath() {
        return location(NamespaceSetup.class) + ":" + location(IpPort.class);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException("unusual class path", e));
        }
    }

    @Override
    public void close() {
        holder.close(grace);
    }

    /// The same with another grace than it was made with.
    void close(Duration otherGrace) {
        try {
            holder.tell("grace " + otherGrace.toMillis());
        } catch (IOException _) {
            // it has ended already
        }
        holder.close(otherGrace);
    }
}
