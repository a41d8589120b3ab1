package io.proa.wire;

import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshPorts;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.SentSource;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a snapshot, or a part of one, from where `in` stands. What a hand-written file may leave
/// out has a default, all else is demanded.
final class SnapshotReader {
    private final JsonReader in;
    private final RuleReader rules;

    SnapshotReader(JsonReader in) {
        this.in = in;
        this.rules = new RuleReader(in);
    }

    MeshSnapshot snapshot() throws MalformedMessage {
        Revision revision = new Revision(1);
        Workload self = null;
        List<MeshService> services = List.of();
        Set<IpPort> outside = Set.of();
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "revision" -> revision = new Revision(in.number(0, Long.MAX_VALUE));
                case "self" -> self = workload();
                case "services" -> services = services();
                case "outside" -> outside = destinations();
                default -> throw in.unknownField("revision, self, services, outside");
            }
        }
        return new MeshSnapshot(revision, in.required("self", self), services, outside);
    }

    Workload workload() throws MalformedMessage {
        String pod = null;
        SpiffeId identity = null;
        List<InetAddress> addresses = List.of();
        List<ApplicationPort> ports = List.of();
        InboundMode inbound = InboundMode.STRICT;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "pod" -> pod = in.text();
                case "identity" -> identity = in.spiffeId();
                case "addresses" -> addresses = addresses();
                case "ports" -> ports = applicationPorts();
                case "inbound" -> inbound = inboundMode();
                default -> throw in.unknownField("pod, identity, addresses, ports, inbound");
            }
        }
        return new Workload(
                in.required("pod", pod),
                in.required("identity", identity),
                addresses,
                ports,
                inbound);
    }

    Set<IpPort> destinations() throws MalformedMessage {
        var destinations = new HashSet<IpPort>();
        in.beginArray();
        while (in.nextElement()) {
            destinations.add(in.ipPort());
        }
        return destinations;
    }

    private List<ApplicationPort> applicationPorts() throws MalformedMessage {
        var ports = new ArrayList<ApplicationPort>();
        in.beginArray();
        while (in.nextElement()) {
            ports.add(applicationPort());
        }
        return ports;
    }

    private ApplicationPort applicationPort() throws MalformedMessage {
        ServiceName service = null;
        Integer port = null;
        Integer targetPort = null;
        AppProtocol protocol = AppProtocol.DETECT;
        boolean loopback = false;
        boolean acceptProxy = false;
        SentSource sendProxy = SentSource.NONE;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "service" -> service = in.serviceName();
                case "port" -> port = in.port();
                case "targetPort" -> targetPort = targetPort();
                case "protocol" -> protocol = protocol();
                case "loopback" -> loopback = in.flag();
                case "acceptProxy" -> acceptProxy = in.flag();
                case "sendProxy" -> sendProxy = sentSource();
                default ->
                        throw in.unknownField(
                                "service, port, targetPort, protocol, loopback, acceptProxy, sendProxy");
            }
        }
        int dialled = in.required("port", port);
        int target = targetOr(targetPort, dialled);
        return new ApplicationPort(
                in.required("service", service),
                dialled,
                target,
                protocol,
                loopback,
                acceptProxy,
                sendProxy);
    }

    private List<MeshService> services() throws MalformedMessage {
        var services = new ArrayList<MeshService>();
        var names = new HashSet<ServiceName>();
        in.beginArray();
        while (in.nextElement()) {
            MeshService service = service();
            if (!names.add(service.name())) {
                throw in.fault("saw service " + service.name() + " twice, expected each once");
            }
            services.add(service);
        }
        return services;
    }

    private MeshService service() throws MalformedMessage {
        ServiceName name = null;
        List<InetAddress> virtualAddresses = List.of();
        List<ServicePort> ports = List.of();
        List<Endpoint> endpoints = List.of();
        var rules = new ArrayList<RouteRule>();
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "name" -> name = in.serviceName();
                case "virtualAddresses" -> virtualAddresses = addresses();
                case "ports" -> ports = servicePorts();
                case "endpoints" -> endpoints = endpoints();
                case "rules" -> this.rules.into(rules);
                default -> throw in.unknownField("name, virtualAddresses, ports, endpoints, rules");
            }
        }
        return new MeshService(
                in.required("name", name), virtualAddresses, ports, endpoints, rules);
    }

    private List<ServicePort> servicePorts() throws MalformedMessage {
        var ports = new ArrayList<ServicePort>();
        in.beginArray();
        while (in.nextElement()) {
            ports.add(servicePort());
        }
        return ports;
    }

    private ServicePort servicePort() throws MalformedMessage {
        Integer port = null;
        Integer targetPort = null;
        AppProtocol protocol = AppProtocol.DETECT;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "port" -> port = in.port();
                case "targetPort" -> targetPort = targetPort();
                case "protocol" -> protocol = protocol();
                default -> throw in.unknownField("port, targetPort, protocol");
            }
        }
        int dialled = in.required("port", port);
        return new ServicePort(dialled, targetOr(targetPort, dialled), protocol);
    }

    private List<Endpoint> endpoints() throws MalformedMessage {
        var endpoints = new ArrayList<Endpoint>();
        in.beginArray();
        while (in.nextElement()) {
            endpoints.add(endpoint());
        }
        return endpoints;
    }

    private Endpoint endpoint() throws MalformedMessage {
        String pod = null;
        List<InetAddress> addresses = List.of();
        int meshPort = MeshPorts.MESH;
        SpiffeId identity = null;
        boolean plaintext = false;
        int weight = 1;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "pod" -> pod = in.text();
                case "addresses" -> addresses = addresses();
                case "meshPort" -> meshPort = in.port();
                case "identity" -> identity = in.spiffeId();
                case "plaintext" -> plaintext = in.flag();
                case "weight" -> weight = (int) in.number(1, 1000);
                default ->
                        throw in.unknownField(
                                "pod, addresses, meshPort, identity, plaintext, weight");
            }
        }
        return new Endpoint(
                in.required("pod", pod),
                in.required("addresses", addresses.isEmpty() ? null : addresses),
                meshPort,
                // Plaintext is never the result of something left out.
                plaintext ? null : in.required("identity", identity),
                weight);
    }

    private List<InetAddress> addresses() throws MalformedMessage {
        var addresses = new ArrayList<InetAddress>(2);
        in.beginArray();
        while (in.nextElement()) {
            addresses.add(in.address());
        }
        return addresses;
    }

    /// Proa's own ports are never a target: a snapshot that says otherwise would be a way around
    /// the sidecar.
    private int targetPort() throws MalformedMessage {
        int port = in.port();
        if (MeshPorts.isReserved(port)) {
            throw in.fault(
                    "saw " + port + ", expected a port that is not one of the sidecar's own");
        }
        return port;
    }

    private int targetOr(@Nullable Integer targetPort, int port) throws MalformedMessage {
        if (targetPort == null && MeshPorts.isReserved(port)) {
            throw in.fault(
                    "saw port "
                            + port
                            + " without a targetPort, expected one that is not the sidecar's own");
        }
        return targetPort == null ? port : targetPort;
    }

    private AppProtocol protocol() throws MalformedMessage {
        return switch (in.text()) {
            case "detect" -> AppProtocol.DETECT;
            case "http" -> AppProtocol.HTTP;
            case "http2" -> AppProtocol.HTTP2;
            case "tcp" -> AppProtocol.TCP;
            default -> throw in.unexpected("detect, http, http2 or tcp");
        };
    }

    private SentSource sentSource() throws MalformedMessage {
        return switch (in.text()) {
            case "none" -> SentSource.NONE;
            case "v1" -> SentSource.V1;
            case "v2" -> SentSource.V2;
            default -> throw in.unexpected("none, v1 or v2");
        };
    }

    private InboundMode inboundMode() throws MalformedMessage {
        return switch (in.text()) {
            case "strict" -> InboundMode.STRICT;
            case "permissive" -> InboundMode.PERMISSIVE;
            default -> throw in.unexpected("strict or permissive");
        };
    }
}
