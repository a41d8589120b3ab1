package io.proa.app.fleet;

import io.proa.control.fleet.PodAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the control plane says of the fleet in use: it alone gives out addresses.
///
/// @param pods by name
/// @param services their names
/// @param hosts what every pod resolves
/// @param listeners which service has which port of a loopback that all of them share; empty where
///   they share none
record AddressView(
        Map<String, FleetPlan.PodPlan> pods,
        Set<String> services,
        Map<String, List<InetAddress>> hosts,
        Map<Integer, String> listeners) {
    AddressView {
        pods = Map.copyOf(pods);
        services = Set.copyOf(services);
        hosts = Map.copyOf(hosts);
        listeners = Map.copyOf(listeners);
    }

    /// Before anything has changed it is what the documents say.
    static AddressView of(FleetPlan plan) {
        Map<String, FleetPlan.PodPlan> pods = new HashMap<>();
        Set<String> services = new HashSet<>();
        for (FleetPlan.Service service : plan.services()) {
            services.add(service.name());
            service.pods().forEach(pod -> pods.put(pod.name(), pod));
        }
        return new AddressView(pods, services, plan.hosts(), Map.of());
    }

    /// A plan with the addresses that are in use.
    FleetPlan settled(FleetPlan read) {
        List<FleetPlan.Service> services = new ArrayList<>();
        for (FleetPlan.Service service : read.services()) {
            List<FleetPlan.PodPlan> its =
                    service.pods().stream().map(pod -> pods.getOrDefault(pod.name(), pod)).toList();
            services.add(
                    new FleetPlan.Service(
                            service.name(),
                            service.command(),
                            service.folder(),
                            service.ports(),
                            service.environment(),
                            service.startAfter(),
                            service.published(),
                            service.care(),
                            service.heads(),
                            its));
        }
        return new FleetPlan(
                read.name(), read.documented(), read.documents(), services, hosts, read.mode());
    }

    /// @param json the answer to `fleet`
    static AddressView parse(String json) throws IOException {
        try {
            JsonNode root = JsonMapper.shared().readTree(json);
            Map<String, FleetPlan.PodPlan> pods = new HashMap<>();
            Set<String> services = new HashSet<>();
            Map<Integer, String> listeners = new HashMap<>();
            for (JsonNode pod : root.required("pods")) {
                String name = pod.required("name").asString();
                String service = pod.required("service").asString();
                services.add(service);
                pods.put(name, new FleetPlan.PodPlan(name, address(pod)));
                pod.path("target_ports").forEach(port -> listeners.put(port.asInt(), service));
            }
            Map<String, List<InetAddress>> hosts = new HashMap<>();
            root.required("hosts")
                    .properties()
                    .forEach(entry -> hosts.put(entry.getKey(), addresses(entry.getValue())));
            return new AddressView(pods, services, hosts, listeners);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException("the control plane's fleet cannot be read: " + json, e);
        }
    }

    private static PodAddress address(JsonNode pod) {
        return pod.has("mesh_port")
                ? new PodAddress.Loopback(
                        pod.required("mesh_port").asInt(), pod.required("proxy_port").asInt())
                : new PodAddress.Network(address(pod, "ipv4"), address(pod, "ipv6"));
    }

    private static InetAddress address(JsonNode pod, String field) {
        return InetAddress.ofLiteral(pod.required(field).asString());
    }

    private static List<InetAddress> addresses(JsonNode list) {
        List<InetAddress> addresses = new ArrayList<>();
        list.forEach(each -> addresses.add(InetAddress.ofLiteral(each.asString())));
        return addresses;
    }
}
