package io.proa.control.intent;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// From YAML 1.2 text to documents.
public final class IntentReader {
    /// Aliases make few words mean many; what means more than this is not intent.
    private static final int MAX_NODES = 200_000;

    private final Problems problems;

    public IntentReader(Problems problems) {
        this.problems = problems;
    }

    /// All documents of `source` that could be read; the rest are problems.
    public List<IntentDocument> read(IntentSource source) {
        var documents = new ArrayList<IntentDocument>();
        for (Node node : nodes(source)) {
            if (Nodes.isNull(node)) {
                continue; // nothing between two separators
            }
            if (new NodeCount().exceeds(node)) {
                problems.add(
                        Nodes.placeOf(node, source.name()),
                        "saw a document of more than " + MAX_NODES + " values, expected fewer",
                        "do not nest aliases");
                continue;
            }
            IntentDocument document = document(node, source);
            if (document != null) {
                documents.add(document);
            }
        }
        return documents;
    }

    /// What stands before a syntax error is still checked.
    private List<Node> nodes(IntentSource source) {
        var settings =
                LoadSettings.builder()
                        .setLabel(source.name())
                        .setSchema(new CoreSchema())
                        // what they come to is counted, see NodeCount
                        .setMaxAliasesForCollections(Integer.MAX_VALUE)
                        .build();
        var nodes = new ArrayList<Node>();
        try {
            var events =
                    new BoundedDepth(
                            new ParserImpl(settings, new StreamReader(settings, source.text())));
            new Composer(settings, events).forEachRemaining(nodes::add);
        } catch (BoundedDepth.TooDeep e) {
            problems.add(
                    Nodes.placeOf(e.getProblemMark().orElse(null), source.name()),
                    "saw more than " + BoundedDepth.MOST + " levels of nesting, expected fewer",
                    "no kind of document needs more than six");
        } catch (MarkedYamlEngineException e) {
            Place place = Nodes.placeOf(e.getProblemMark().orElse(null), source.name());
            String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
            problems.add(
                    place,
                    "not well-formed YAML: " + e.getProblem() + context,
                    "check indentation, quotes and brackets here and just above");
        } catch (YamlEngineException e) {
            problems.add(Place.whole(source.name()), "not well-formed YAML: " + e.getMessage(), "");
        }
        return nodes;
    }

    private @Nullable IntentDocument document(Node node, IntentSource source) {
        YamlMap map = YamlMap.of(node, source.name(), problems, "a document");
        if (map == null) {
            return null;
        }
        DocumentKind kind = kind(map);
        if (kind == null) {
            return null;
        }
        map.allow(kind.shape());
        map.require("metadata", "the document");
        map.require("spec", "the document");
        YamlMap metadata = map.map("metadata", "metadata");
        YamlMap spec = map.map("spec", "a spec");
        if (metadata == null || spec == null) {
            return null;
        }
        String name = name(metadata);
        return switch (kind.name()) {
            case "Fleet" ->
                    new FleetReader(problems, source).fleet(map.place(), name, metadata, spec);
            case "HTTPRoute" -> new RouteReader(problems).route(map.place(), name, metadata, spec);
            default -> new PolicyReader(problems).policy(map.place(), name, metadata, spec);
        };
    }

    private static String name(YamlMap metadata) {
        metadata.check(DocumentKind.METADATA);
        for (String notes : List.of("labels", "annotations")) {
            YamlMap map = metadata.map(notes, notes);
            if (map != null) {
                map.plainFields(); // whatever they are, they are text
            }
        }
        String name = metadata.text("name");
        return name == null ? "" : name;
    }

    private @Nullable DocumentKind kind(YamlMap map) {
        if (!map.has("kind") && !map.has("apiVersion")) {
            problems.add(
                    map.place(),
                    "saw neither 'kind' nor 'apiVersion', expected a document that begins with both",
                    "such as: kind: Fleet, apiVersion: proa.io/v1alpha1");
            return null;
        }
        map.require("kind", "the document");
        String name = map.text("kind");
        if (name == null) {
            return null;
        }
        DocumentKind kind = DocumentKind.named(name);
        if (kind == null) {
            problems.add(
                    map.placeOf("kind"),
                    "saw kind '"
                            + name
                            + "', expected one of "
                            + String.join(", ", DocumentKind.NAMES),
                    suggestion(name));
            return null;
        }
        String api = map.text("apiVersion");
        if (!map.has("apiVersion")) {
            problems.add(
                    map.place(),
                    "saw no 'apiVersion' beside kind " + name + ", expected " + kind.api(),
                    "");
        } else if (api != null && !api.equals(kind.api())) {
            problems.add(
                    map.placeOf("apiVersion"),
                    "saw apiVersion '" + api + "' for kind " + name + ", expected " + kind.api(),
                    "");
        }
        return kind;
    }

    /// The message names all kinds already.
    private static String suggestion(String kind) {
        String near = Problems.nearest(kind, DocumentKind.NAMES);
        return near == null ? "" : "did you mean '" + near + "'?";
    }

    /// Counts as a reader without memory would: an aliased value each time it is met.
    private static final class NodeCount {
        private int count;
        private int depth;

        boolean exceeds(Node node) {
            if (++count > MAX_NODES || ++depth > BoundedDepth.MOST) {
                return true;
            }
            boolean exceeds = node instanceof CollectionNode<?> && childExceeds(node);
            depth--;
            return exceeds;
        }

        private boolean childExceeds(Node node) {
            if (node instanceof SequenceNode sequence) {
                for (Node child : sequence.getValue()) {
                    if (exceeds(child)) {
                        return true;
                    }
                }
            } else if (node instanceof MappingNode mapping) {
                for (NodeTuple tuple : mapping.getValue()) {
                    if (exceeds(tuple.getKeyNode()) || exceeds(tuple.getValueNode())) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
