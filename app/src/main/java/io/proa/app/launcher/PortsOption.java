package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import io.proa.model.MeshPorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `--port P[:TARGET]` and `--publish [H:]P`.
final class PortsOption {
    private static final int LARGEST = 65535;

    private PortsOption() {}

    /// @throws Fault with what was seen and expected
    static List<Joining.Port> ports(List<String> options) {
        List<Joining.Port> ports = new ArrayList<>();
        for (String option : options) {
            int[] numbers = numbers("--port", option, "P or P:TARGET, such as 80:8080");
            int target = numbers.length == 1 ? numbers[0] : numbers[1];
            for (int port : numbers) {
                if (MeshPorts.isReserved(port)) {
                    throw Fault.of(
                            Sysexit.USAGE,
                            "option '--port': saw "
                                    + port
                                    + ", which is one of the sidecar's own (15000, 15001, 15006, 15008, 15021, 15090)",
                            "choose another port");
                }
            }
            if (ports.stream().anyMatch(other -> other.port() == numbers[0])) {
                throw Fault.of(
                        Sysexit.USAGE,
                        "option '--port': saw " + numbers[0] + " twice, expected each once",
                        "");
            }
            ports.add(new Joining.Port(numbers[0], target));
        }
        return ports;
    }

    /// @param ports the program's own; the first is meant where an option names none
    static List<FleetPlan.PublishedPort> published(List<String> options, List<Joining.Port> ports) {
        List<FleetPlan.PublishedPort> published = new ArrayList<>();
        for (String option : options) {
            int[] numbers = numbers("--publish", option, "H or H:P, such as 8080:80");
            Joining.Port port = numbers.length == 1 ? first(ports) : port(numbers[1], ports);
            if (port == null) {
                throw Fault.of(
                        Sysexit.USAGE,
                        "option '--publish': saw "
                                + option
                                + ", but "
                                + (numbers.length == 1
                                        ? "no --port; expected the port that it leads to"
                                        : "no --port " + numbers[1]),
                        "add --port " + (numbers.length == 1 ? "PORT" : "" + numbers[1]));
            }
            published.add(new FleetPlan.PublishedPort(numbers[0], port.port(), port.target()));
        }
        return published;
    }

    /// `--host-service`.
    static Set<Integer> hostServices(List<Integer> options, Mode mode) {
        if (mode == Mode.EXPLICIT && !options.isEmpty()) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "option '--host-service': saw "
                            + options.getFirst()
                            + ", expected none with --explicit",
                    "a program without a network of its own reaches 127.0.0.1:"
                            + options.getFirst()
                            + " as it is");
        }
        for (int port : options) {
            if (port < 1 || port > LARGEST) {
                throw Fault.of(
                        Sysexit.USAGE,
                        "option '--host-service': saw " + port + ", expected 1 to 65535",
                        "");
            }
        }
        return Set.copyOf(options);
    }

    private static Joining.@Nullable Port first(List<Joining.Port> ports) {
        return ports.isEmpty() ? null : ports.getFirst();
    }

    private static Joining.@Nullable Port port(int number, List<Joining.Port> ports) {
        return ports.stream().filter(port -> port.port() == number).findFirst().orElse(null);
    }

    private static int[] numbers(String name, String option, String expected) {
        String[] words = option.split(":", -1);
        int[] numbers = new int[words.length];
        boolean good = words.length <= 2;
        for (int i = 0; good && i < words.length; i++) {
            good = words[i].matches("[0-9]{1,5}");
            numbers[i] = good ? Integer.parseInt(words[i]) : 0;
            good &= numbers[i] >= 1 && numbers[i] <= LARGEST;
        }
        if (!good) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "option '" + name + "': saw '" + option + "', expected " + expected,
                    "see proa run --help");
        }
        return numbers;
    }
}
