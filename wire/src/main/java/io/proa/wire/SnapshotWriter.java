package io.proa.wire;

import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.SentSource;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.TimeoutRule;
import io.proa.model.Workload;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// Writes every field of a snapshot, defaults too: what is read back years later must not depend on
/// what a default was.
final class SnapshotWriter {
    private final JsonGenerator out;

    SnapshotWriter(JsonGenerator out) {
        this.out = out;
    }

    void snapshot(MeshSnapshot snapshot) {
        out.writeStartObject();
        out.writeNumberProperty("revision", snapshot.revision().number());
        out.writeName("self");
        workload(snapshot.self());
        out.writeArrayPropertyStart("services");
        for (MeshService service : snapshot.services()) {
            service(service);
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("outside");
        // the set has no order of its own; equal snapshots must give equal bytes
        var outside = new String[snapshot.outside().size()];
        int count = 0;
        for (IpPort destination : snapshot.outside()) {
            outside[count++] = destination.toString();
        }
        Arrays.sort(outside);
        for (String destination : outside) {
            out.writeString(destination);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    void workload(Workload self) {
        out.writeStartObject();
        out.writeStringProperty("pod", self.pod());
        out.writeStringProperty("identity", self.identity().toString());
        addresses("addresses", self.addresses());
        out.writeArrayPropertyStart("ports");
        for (ApplicationPort port : self.ports()) {
            out.writeStartObject();
            out.writeStringProperty("service", port.service().toString());
            out.writeNumberProperty("port", port.port());
            out.writeNumberProperty("targetPort", port.targetPort());
            out.writeStringProperty("protocol", word(port.protocol()));
            out.writeBooleanProperty("loopback", port.loopback());
            if (port.acceptProxy()) {
                out.writeBooleanProperty("acceptProxy", true);
            }
            if (port.sendProxy() != SentSource.NONE) {
                out.writeStringProperty("sendProxy", word(port.sendProxy()));
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeStringProperty("inbound", word(self.inbound()));
        out.writeEndObject();
    }

    private void service(MeshService service) {
        out.writeStartObject();
        out.writeStringProperty("name", service.name().toString());
        addresses("virtualAddresses", service.virtualAddresses());
        out.writeArrayPropertyStart("ports");
        for (ServicePort port : service.ports()) {
            out.writeStartObject();
            out.writeNumberProperty("port", port.port());
            out.writeNumberProperty("targetPort", port.targetPort());
            out.writeStringProperty("protocol", word(port.protocol()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("endpoints");
        for (Endpoint endpoint : service.endpoints()) {
            out.writeStartObject();
            out.writeStringProperty("pod", endpoint.pod());
            addresses("addresses", endpoint.addresses());
            out.writeNumberProperty("meshPort", endpoint.meshPort());
            SpiffeId identity = endpoint.identity();
            if (identity == null) {
                out.writeBooleanProperty("plaintext", true);
            } else {
                out.writeStringProperty("identity", identity.toString());
            }
            out.writeNumberProperty("weight", endpoint.weight());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("rules");
        for (RouteRule rule : service.rules()) {
            rule(rule);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void rule(RouteRule rule) {
        out.writeStartObject();
        out.writeStringProperty("name", rule.name());
        out.writeArrayPropertyStart("matches");
        for (List<RequestMatch> alternative : rule.matches()) {
            out.writeStartArray();
            for (RequestMatch match : alternative) {
                match(match);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
        out.writeArrayPropertyStart("targets");
        for (RouteTarget target : rule.targets()) {
            switch (target) {
                case RouteTarget.ToService to -> {
                    out.writeStartObject();
                    out.writeStringProperty("service", to.service().toString());
                    out.writeNumberProperty("port", to.port());
                    out.writeNumberProperty("weight", to.weight());
                    out.writeEndObject();
                }
            }
        }
        out.writeEndArray();
        out.writeName("retry");
        retry(rule.retry());
        out.writeName("timeouts");
        timeouts(rule.timeouts());
        out.writeEndObject();
    }

    private void match(RequestMatch match) {
        out.writeStartObject();
        switch (match) {
            case RequestMatch.PathExact exact -> out.writeStringProperty("pathExact", exact.path());
            case RequestMatch.PathPrefix prefix ->
                    out.writeStringProperty("pathPrefix", prefix.prefix());
            case RequestMatch.Method method -> out.writeStringProperty("method", method.method());
            case RequestMatch.HeaderExact header -> {
                out.writeStringProperty("header", header.name());
                out.writeStringProperty("value", header.value());
            }
        }
        out.writeEndObject();
    }

    private void retry(RetryRule retry) {
        out.writeStartObject();
        out.writeNumberProperty("maxAttempts", retry.maxAttempts());
        out.writeArrayPropertyStart("onStatuses");
        for (String statuses : StatusCodes.format(retry.onStatuses())) {
            if (statuses.length() == 3) {
                out.writeNumber(Integer.parseInt(statuses));
            } else {
                out.writeString(statuses);
            }
        }
        out.writeEndArray();
        out.writeBooleanProperty("onPerTryTimeout", retry.onPerTryTimeout());
        out.writeStringProperty("perTryTimeout", DurationText.format(retry.perTryTimeout()));
        out.writeStringProperty("backoffBase", DurationText.format(retry.backoffBase()));
        out.writeStringProperty("backoffMax", DurationText.format(retry.backoffMax()));
        out.writeNumberProperty("budgetPercent", retry.budgetPercent());
        out.writeNumberProperty("budgetMinPerSecond", retry.budgetMinPerSecond());
        out.writeNumberProperty("replayLimit", retry.replayLimit());
        out.writeEndObject();
    }

    private void timeouts(TimeoutRule timeouts) {
        out.writeStartObject();
        out.writeStringProperty("connect", DurationText.format(timeouts.connect()));
        out.writeStringProperty("request", DurationText.format(timeouts.request()));
        out.writeStringProperty("idle", DurationText.format(timeouts.idle()));
        out.writeStringProperty("tcpIdle", DurationText.format(timeouts.tcpIdle()));
        out.writeEndObject();
    }

    private void addresses(String name, List<InetAddress> addresses) {
        out.writeArrayPropertyStart(name);
        for (InetAddress address : addresses) {
            out.writeString(address.getHostAddress());
        }
        out.writeEndArray();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
