package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.Service;
import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Reads `Fleet`.
final class FleetReader {
    private static final String SOME_LABEL = "default";

    private final Problems problems;
    private final IntentSource source;

    FleetReader(Problems problems, IntentSource source) {
        this.problems = problems;
        this.source = source;
    }

    IntentDocument.Fleet fleet(Place place, String name, YamlMap metadata, YamlMap spec) {
        spec.check(FleetShapes.FLEET_SPEC);
        if (metadata.has("namespace")) {
            problems.add(
                    metadata.placeOf("namespace"),
                    "a Fleet is in no namespace, its services are",
                    "write it as spec.namespace");
        }
        if (metadata.has("name")) {
            isLabel("metadata.name", name, metadata.placeOf("name"), problems);
        }
        Located<String> trustDomain = trustDomain(spec);
        Located<String> namespace = spec.locatedText("namespace");
        if (namespace != null
                && !isLabel("namespace", namespace.value(), namespace.place(), problems)) {
            namespace = null;
        }
        Duration drain = spec.duration("drain");
        var reader =
                new ServiceReader(
                        problems, source, drain == null ? Lifecycle.DEFAULT.drain() : drain);
        var services = new ArrayList<Service>();
        for (YamlMap service : spec.maps("services", "a service")) {
            Service read = reader.service(service);
            if (read != null) {
                services.add(read);
            }
        }
        return new IntentDocument.Fleet(place, name, trustDomain, namespace, services);
    }

    private @Nullable Located<String> trustDomain(YamlMap spec) {
        Located<String> trustDomain = spec.locatedText("trustDomain");
        if (trustDomain == null) {
            return null;
        }
        try {
            SpiffeId.ofServiceAccount(trustDomain.value(), SOME_LABEL, SOME_LABEL);
            return trustDomain;
        } catch (IllegalArgumentException e) {
            problems.add(trustDomain.place(), String.valueOf(e.getMessage()), "");
            return null;
        }
    }

    static boolean isLabel(String what, String text, Place place, Problems problems) {
        if (ServiceName.isLabel(text)) {
            return true;
        }
        problems.add(
                place,
                "saw '"
                        + text
                        + "' as "
                        + what
                        + ", expected 1 to 63 of a-z 0-9 -, beginning and ending with a letter or digit",
                "");
        return false;
    }
}
