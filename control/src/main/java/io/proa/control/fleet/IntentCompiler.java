package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument;
import io.proa.control.intent.IntentDocument.Fleet;
import io.proa.control.intent.IntentDocument.Port;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentDocument.StartAfter;
import io.proa.control.intent.IntentReader;
import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Located;
import io.proa.control.intent.Problems;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.MeshService;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Intent in, fleet out: reads all documents, checks them as a whole, settles addresses and
/// identities. Whatever is wrong is found in one go, and nothing comes out by halves.
public final class IntentCompiler {
    private static final String DEFAULT_TRUST_DOMAIN = "proa.local";

    private final FleetAddresses addresses;
    private final AddressBook book;
    private final @Nullable String trustDomain;
    private final @Nullable String namespace;

    /// @param trustDomain what the fleet's must be; null = any
    public IntentCompiler(
            FleetAddresses addresses, AddressBook book, @Nullable String trustDomain) {
        this(addresses, book, trustDomain, null);
    }

    /// @param namespace likewise
    IntentCompiler(
            FleetAddresses addresses,
            AddressBook book,
            @Nullable String trustDomain,
            @Nullable String namespace) {
        this.addresses = addresses;
        this.book = book;
        this.trustDomain = trustDomain;
        this.namespace = namespace;
    }

    /// @param paths files, or folders of `.yaml` files
    public Compilation compile(List<Path> paths) {
        var problems = new Problems();
        return compile(IntentSource.read(paths, problems), problems);
    }

    public Compilation compile(List<IntentSource> sources, Problems problems) {
        var documents = new ArrayList<IntentDocument>();
        var reader = new IntentReader(problems);
        for (IntentSource source : sources) {
            documents.addAll(reader.read(source));
        }
        JoinedFleet fleet = JoinedFleet.of(documents, sources, problems);
        if (fleet == null) {
            return new Compilation.Rejected(problems.all());
        }
        Map<String, Service> services =
                new FleetChecks(fleet, problems).check(addresses.capacity());
        switch (addresses) {
            case AddressBlocks _ -> {}
            case SharedLoopback _ -> new LoopbackChecks(fleet.services(), problems).check();
        }
        List<Service> ordered = StartOrder.of(fleet.services(), problems);
        String domain = trustDomain(fleet, problems);
        checkNamespace(fleet.namespace(), problems);
        RouteCompiler routes = routes(fleet, services, documents, problems);
        var rules = new HashMap<String, List<RouteRule>>();
        for (Service service : ordered) {
            rules.put(service.name().value(), routes.rulesOf(service));
        }
        if (!problems.isEmpty()) {
            return new Compilation.Rejected(problems.all());
        }
        enter(ordered);
        var compiled = new ArrayList<FleetService>();
        for (Service service : ordered) {
            List<RouteRule> itsRules = rules.getOrDefault(service.name().value(), List.of());
            compiled.add(
                    compiled(
                            service,
                            new ServiceName(fleet.namespace().value(), service.name().value()),
                            domain,
                            itsRules,
                            services));
        }
        return new Compilation.Compiled(
                new CompiledFleet(fleet.name(), domain, fleet.namespace().value(), compiled));
    }

    private String trustDomain(JoinedFleet fleet, Problems problems) {
        Located<String> said = fleet.trustDomain();
        if (trustDomain == null) {
            return said == null ? DEFAULT_TRUST_DOMAIN : said.value();
        }
        if (said != null && !said.value().equals(trustDomain)) {
            problems.add(
                    said.place(),
                    "saw trustDomain '"
                            + said.value()
                            + "', expected '"
                            + trustDomain
                            + "', the control plane's",
                    "a trust domain changes by starting anew");
        }
        return trustDomain;
    }

    private void checkNamespace(Located<String> said, Problems problems) {
        if (namespace != null && !said.value().equals(namespace)) {
            problems.add(
                    said.place(),
                    "saw namespace '" + said.value() + "', expected '" + namespace + "' as before",
                    "it is part of every identity: a namespace changes by starting anew");
        }
    }

    private static RouteCompiler routes(
            JoinedFleet fleet,
            Map<String, Service> services,
            List<IntentDocument> documents,
            Problems problems) {
        var routes = new RouteCompiler(fleet.namespace().value(), services, problems);
        for (IntentDocument document : documents) {
            switch (document) {
                case IntentDocument.TrafficPolicy policy -> routes.add(policy);
                case IntentDocument.HttpRoute route -> routes.add(route);
                case Fleet _ -> {}
            }
        }
        return routes;
    }

    private void enter(List<Service> services) {
        var names = new ArrayList<String>();
        var pods = new ArrayList<String>();
        for (Service service : services) {
            names.add(service.name().value());
            for (int replica = 1; replica <= service.replicas().value(); replica++) {
                pods.add(FleetChecks.podName(service, replica));
            }
        }
        book.enter(pods, names, addresses);
    }

    private FleetService compiled(
            Service service,
            ServiceName name,
            String domain,
            List<RouteRule> rules,
            Map<String, Service> services) {
        SpiffeId identity = SpiffeId.ofServiceAccount(domain, name.namespace(), name.name());
        var ports = new ArrayList<ServicePort>();
        var applicationPorts = new ArrayList<ApplicationPort>();
        for (Port port : service.ports()) {
            ports.add(new ServicePort(port.port(), port.targetPort(), port.protocol()));
            applicationPorts.add(
                    new ApplicationPort(
                            name,
                            port.port(),
                            port.targetPort(),
                            port.protocol(),
                            service.loopback(),
                            port.acceptProxy(),
                            port.sendProxy()));
        }
        var pods = new ArrayList<FleetPod>();
        var endpoints = new ArrayList<Endpoint>();
        for (int replica = 1; replica <= service.replicas().value(); replica++) {
            String pod = FleetChecks.podName(service, replica);
            PodAddress address = addresses.pod(book.pod(pod));
            pods.add(
                    new FleetPod(
                            new Workload(
                                    pod,
                                    identity,
                                    address.addresses(),
                                    applicationPorts,
                                    service.inbound()),
                            address));
            endpoints.add(new Endpoint(pod, address.addresses(), address.meshPort(), identity, 1));
        }
        var mesh =
                new MeshService(
                        name,
                        addresses.service(book.service(name.name())),
                        ports,
                        endpoints,
                        rules);
        return new FleetService(
                mesh,
                service.program(),
                startAfter(service, name.namespace(), services),
                service.published(),
                service.lifecycle(),
                service.heads(),
                pods);
    }

    private static List<FleetService.StartAfter> startAfter(
            Service service, String namespace, Map<String, Service> services) {
        var all = new ArrayList<FleetService.StartAfter>();
        for (StartAfter after : service.startAfter()) {
            Service other = services.get(after.service().value());
            if (other != null) {
                all.add(
                        new FleetService.StartAfter(
                                new ServiceName(namespace, other.name().value()),
                                FleetChecks.conditionOf(after, other)));
            }
        }
        return all;
    }
}
