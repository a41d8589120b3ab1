package io.proa.control.intent;

import io.proa.control.intent.FieldType.Part;
import io.proa.control.intent.FieldType.Plains;
import io.proa.control.intent.FieldType.Text;
import io.proa.control.intent.FieldType.Word;
import io.proa.control.intent.Shape.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kind of document.
///
/// @param api what must stand as its `apiVersion`
/// @param says one sentence
record DocumentKind(String name, String api, Shape spec, String says) {
    private static final String OWN_API = "proa.io/v1alpha1";

    /// By name.
    static final List<DocumentKind> ALL =
            List.of(
                    new DocumentKind(
                            "Fleet",
                            OWN_API,
                            FleetShapes.FLEET_SPEC,
                            "Services of one machine, each with a sidecar beside every replica."),
                    new DocumentKind(
                            "HTTPRoute",
                            "gateway.networking.k8s.io/v1",
                            TrafficShapes.ROUTE_SPEC,
                            "Where requests to a service go, by path, method and headers."),
                    new DocumentKind(
                            "TrafficPolicy",
                            OWN_API,
                            TrafficShapes.POLICY_SPEC,
                            "Retries and timeouts of all requests to a service."));

    static final List<String> NAMES = ALL.stream().map(DocumentKind::name).toList();

    static final Shape METADATA =
            Shape.of(
                    "Metadata",
                    "metadata",
                    Field.required("name", new Text("a name", ""), "Of the document."),
                    Field.optional(
                            "namespace",
                            FleetShapes.LABEL,
                            "the fleet's",
                            "Of an HTTPRoute or TrafficPolicy; a Fleet has spec.namespace."),
                    Field.optional("labels", new Plains("names and values"), "", "Yours."),
                    Field.optional("annotations", new Plains("names and values"), "", "Yours."));

    static @Nullable DocumentKind named(String name) {
        for (DocumentKind kind : ALL) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        return null;
    }

    /// The document itself.
    Shape shape() {
        return Shape.of(
                        name,
                        "the document",
                        Field.required("apiVersion", new Word(List.of(api)), "Of the kind."),
                        Field.required("kind", new Word(List.of(name)), says),
                        Field.required("metadata", new Part(METADATA), "What it is called."),
                        Field.required("spec", new Part(spec), "What it says."))
                .refusing("status");
    }
}
