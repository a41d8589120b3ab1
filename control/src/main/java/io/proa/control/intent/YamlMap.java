package io.proa.control.intent;

import io.proa.wire.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A YAML mapping read by field: each getter gives a value of one type, or null with a problem
/// noted when something else stands there. A field without a value counts as absent.
final class YamlMap {
    private final String source;
    private final Place place;
    private final Problems problems;
    private final Map<String, Node> fields = new LinkedHashMap<>();
    private final Map<String, Place> names = new LinkedHashMap<>();

    /// Fields that are there under a slip of the hand: not missing as well.
    private final Set<String> misspelt = new HashSet<>();

    /// @param what for messages: "a service"
    private YamlMap(MappingNode node, String source, Problems problems, String what) {
        this.source = source;
        this.place = placeOf(node, source);
        this.problems = problems;
        for (NodeTuple tuple : node.getValue()) {
            Place at = placeOf(tuple.getKeyNode(), source);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        at,
                        "saw "
                                + kind(tuple.getKeyNode())
                                + " as a field name of "
                                + what
                                + ", expected text",
                        "");
            } else if (fields.containsKey(key.getValue())) {
                problems.add(
                        at,
                        "saw field '"
                                + key.getValue()
                                + "' twice in "
                                + what
                                + ", expected it once",
                        "remove one of them");
            } else {
                fields.put(key.getValue(), tuple.getValueNode());
                names.put(key.getValue(), at);
            }
        }
    }

    static @Nullable YamlMap of(Node node, String source, Problems problems, String what) {
        if (node instanceof MappingNode mapping) {
            return new YamlMap(mapping, source, problems, what);
        }
        problems.add(
                placeOf(node, source),
                "saw " + kind(node) + ", expected " + what + " (a mapping)",
                "");
        return null;
    }

    Place place() {
        return place;
    }

    /// The place of a field's value; of the mapping itself where there is none.
    Place placeOf(String field) {
        Node node = fields.get(field);
        return node == null ? place : placeOf(node, source);
    }

    /// Everything else is a problem, not ignored.
    ///
    /// @param unsupported fields that exist elsewhere and mean something that is not done here
    void allow(String what, Collection<String> known, Set<String> unsupported) {
        for (Map.Entry<String, Place> field : names.entrySet()) {
            String name = field.getKey();
            Place at = field.getValue();
            if (unsupported.contains(name)) {
                problems.add(
                        at,
                        "field '" + name + "' of " + what + " is not supported",
                        "remove it: nothing in the intent is silently ignored");
            } else if (!known.contains(name)) {
                String near = Problems.nearest(name, known);
                if (near != null) {
                    misspelt.add(near);
                }
                problems.add(
                        at,
                        "saw unknown field '" + name + "' of " + what,
                        Problems.suggestion(name, known));
            }
        }
    }

    boolean has(String field) {
        Node node = fields.get(field);
        return node != null && !isNull(node);
    }

    @Nullable String text(String field) {
        ScalarNode scalar = scalar(field, "text");
        if (scalar == null) {
            return null;
        }
        if (!scalar.getTag().equals(Tag.STR)) {
            wrong(scalar, field, "text", "put it in quotes");
            return null;
        }
        return scalar.getValue();
    }

    @Nullable Located<String> locatedText(String field) {
        String text = text(field);
        return text == null ? null : new Located<>(text, placeOf(field));
    }

    @Nullable String requiredText(String field, String what) {
        require(field, what);
        return text(field);
    }

    void require(String field, String what) {
        if (!has(field) && !misspelt.contains(field)) {
            problems.add(place, "saw no '" + field + "' in " + what + ", expected it", "");
        }
    }

    /// One of a few words.
    <T> @Nullable T word(String field, Map<String, T> meanings) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        T meaning = meanings.get(text);
        if (meaning == null) {
            String expected = String.join(", ", meanings.keySet());
            problems.add(
                    placeOf(field),
                    "saw '"
                            + text
                            + "' as "
                            + field
                            + ", expected "
                            + (meanings.size() > 1 ? "one of " : "")
                            + expected,
                    "");
        }
        return meaning;
    }

    @Nullable Integer number(String field, int lowest, int highest) {
        Node node = fields.get(field);
        return node == null || isNull(node) ? null : number(node, field, lowest, highest);
    }

    private @Nullable Integer number(Node node, String field, int lowest, int highest) {
        String expected = "a whole number from " + lowest + " to " + highest;
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
            try {
                int value = Integer.decode(scalar.getValue());
                if (value >= lowest && value <= highest) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // out of range, like the others
            }
        }
        wrong(node, field, expected, "");
        return null;
    }

    @Nullable Boolean flag(String field) {
        ScalarNode scalar = scalar(field, "true or false");
        if (scalar == null) {
            return null;
        }
        if (!scalar.getTag().equals(Tag.BOOL)) {
            wrong(scalar, field, "true or false", "");
            return null;
        }
        return Boolean.parseBoolean(scalar.getValue());
    }

    @Nullable Duration duration(String field) {
        ScalarNode scalar = scalar(field, "a duration");
        if (scalar == null) {
            return null;
        }
        try {
            return DurationText.parse(scalar.getValue());
        } catch (IllegalArgumentException e) {
            problems.add(placeOf(scalar, source), field + ": " + e.getMessage(), "");
            return null;
        }
    }

    @Nullable YamlMap map(String field, String what) {
        Node node = fields.get(field);
        return node == null || isNull(node) ? null : of(node, source, problems, what);
    }

    List<YamlMap> maps(String field, String what) {
        return list(field, "a list", node -> of(node, source, problems, what));
    }

    /// Plain values of any kind, as they are written.
    List<Located<String>> words(String field) {
        return list(
                field,
                "a list of text",
                node -> {
                    if (node instanceof ScalarNode scalar && !isNull(scalar)) {
                        return new Located<>(scalar.getValue(), placeOf(scalar, source));
                    }
                    wrong(node, field, "text", "");
                    return null;
                });
    }

    boolean isList(String field) {
        return fields.get(field) instanceof SequenceNode;
    }

    /// Fields of plain values of any kind, as they are written; such as an environment.
    Map<String, String> plainFields() {
        var values = new LinkedHashMap<String, String>();
        fields.forEach((name, node) -> {
            if (node instanceof ScalarNode scalar) {
                values.put(name, isNull(scalar) ? "" : scalar.getValue());
            } else {
                wrong(node, name, "text", "");
            }
        });
        return values;
    }

    private <T> List<T> list(String field, String expected, Function<Node, @Nullable T> element) {
        Node node = fields.get(field);
        if (node == null || isNull(node)) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            wrong(node, field, expected, "");
            return List.of();
        }
        var elements = new ArrayList<T>();
        for (Node child : sequence.getValue()) {
            T value = element.apply(child);
            if (value != null) {
                elements.add(value);
            }
        }
        return elements;
    }

    private @Nullable ScalarNode scalar(String field, String expected) {
        Node node = fields.get(field);
        if (node == null || isNull(node)) {
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar;
        }
        wrong(node, field, expected, "");
        return null;
    }

    private void wrong(Node node, String field, String expected, String hint) {
        problems.add(
                placeOf(node, source),
                "saw " + kind(node) + " as " + field + ", expected " + expected,
                hint);
    }

    static Place placeOf(Node node, String source) {
        return placeOf(node.getStartMark().orElse(null), source);
    }

    static Place placeOf(@Nullable Mark mark, String source) {
        return mark == null
                ? Place.whole(source)
                : new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String kind(Node node) {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            case ScalarNode scalar when isNull(scalar) -> "nothing";
            case ScalarNode scalar when scalar.getTag().equals(Tag.STR) ->
                    "'" + shortened(scalar.getValue()) + "'";
            case ScalarNode scalar -> shortened(scalar.getValue());
            default -> "something else";
        };
    }

    private static String shortened(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
