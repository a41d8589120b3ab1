package io.proa.app.fleet;

import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.HealthCheck.Probe;
import io.proa.host.Pod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One look at whether an application works. By network it is asked through its sidecar, whose Unix
/// socket for that port is the one way into a pod that takes no program inside it.
final class HealthProbe {
    private static final int LEAST_GOOD = 200;
    private static final int MOST_GOOD = 399;
    private static final Duration SETTLING = Duration.ofMillis(100);

    private final FleetSite site;
    private final MeshedPod home;
    private final HealthCheck check;

    HealthProbe(FleetSite site, MeshedPod home, HealthCheck check) {
        this.site = site;
        this.home = home;
        this.check = check;
    }

    /// Ports of the application that a check of `service` asks at.
    static List<Integer> ports(FleetPlan.Service service) {
        HealthCheck check = service.care().healthCheck();
        return check == null
                ? List.of()
                : switch (check.probe()) {
                    case Probe.Http(_, int port) -> List.of(port);
                    case Probe.Tcp(int port) -> List.of(port);
                    case Probe.Command _ -> List.of();
                };
    }

    /// @return empty where it works, else what was seen and expected
    String look() {
        try {
            return switch (check.probe()) {
                case Probe.Http(String path, int port) -> http(path, port);
                case Probe.Tcp(int port) -> tcp(port);
                case Probe.Command(List<String> command) -> command(command);
            };
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private Path socket(int port) {
        return site.run().publishSocket(home.name(), port);
    }

    private String http(String path, int port) throws IOException {
        int status = AdminClient.get(socket(port), path, check.timeout()).status();
        return status >= LEAST_GOOD && status <= MOST_GOOD
                ? ""
                : "saw status " + status + " for " + path + ", expected 200 to 399";
    }

    /// The sidecar accepts in any case; it hangs up at once where the application does not.
    private String tcp(int port) throws IOException, InterruptedException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket(port)));
            channel.configureBlocking(false);
            Thread.sleep(SETTLING);
            return channel.read(ByteBuffer.allocate(1)) < 0
                    ? "nobody accepts connections on port " + port
                    : "";
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(home.variables());
        environment.putAll(home.service().environment());
        return environment;
    }

    private String command(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder.Redirect nowhere = ProcessBuilder.Redirect.to(Path.of("/dev/null").toFile());
        Process process =
                home.pod()
                        .startApp(
                                new Pod.Start(
                                        command,
                                        environment(),
                                        home.service().folder(),
                                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()),
                                        nowhere,
                                        nowhere));
        if (!process.waitFor(check.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            return "the check took longer than " + check.timeout().toMillis() + " ms";
        }
        int code = process.exitValue();
        return code == 0 ? "" : "the check ended with exit code " + code + ", expected 0";
    }
}
