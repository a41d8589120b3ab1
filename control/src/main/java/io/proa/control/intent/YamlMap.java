package io.proa.control.intent;

import io.proa.wire.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

    private @Nullable Shape shape;

    /// Fields that are there under a slip of the hand: not missing as well.
    private final Set<String> misspelt = new HashSet<>();

    /// @param what for messages: "a service"
    private YamlMap(MappingNode node, String source, Problems problems, String what) {
        this.source = source;
        this.place = Nodes.placeOf(node, source);
        this.problems = problems;
        for (NodeTuple tuple : node.getValue()) {
            Place at = Nodes.placeOf(tuple.getKeyNode(), source);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        at,
                        "saw "
                                + Nodes.kind(tuple.getKeyNode())
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
                Nodes.placeOf(node, source),
                "saw " + Nodes.kind(node) + ", expected " + what + " (a mapping)",
                "");
        return null;
    }

    Place place() {
        return place;
    }

    /// The place of a field's value; of the mapping itself where there is none.
    Place placeOf(String field) {
        Node node = fields.get(field);
        return node == null ? place : Nodes.placeOf(node, source);
    }

    /// Whether it has the fields of `shape`, see [#allow], and those that it must have. From now on
    /// values must fit that table, too.
    void check(Shape wanted) {
        check(wanted, wanted.what());
    }

    /// @param who for messages on what is missing: "service 'a'"
    void check(Shape wanted, String who) {
        allow(wanted);
        for (Shape.Field field : wanted.fields()) {
            if (field.required()) {
                require(field.name(), who);
            }
        }
    }

    /// Every field that is not in the table is a problem, not ignored.
    void allow(Shape wanted) {
        shape = wanted;
        List<String> known = wanted.names();
        for (Map.Entry<String, Place> field : names.entrySet()) {
            String name = field.getKey();
            Place at = field.getValue();
            if (wanted.unsupported().contains(name)) {
                problems.add(
                        at,
                        "field '" + name + "' of " + wanted.what() + " is not supported",
                        "remove it: nothing in the intent is silently ignored");
            } else if (!known.contains(name)) {
                String near = Problems.nearest(name, known);
                if (near != null) {
                    misspelt.add(near);
                }
                problems.add(
                        at,
                        "saw unknown field '" + name + "' of " + wanted.what(),
                        Problems.suggestion(name, known));
            }
        }
    }

    private FieldType type(String field) {
        Shape known = shape;
        if (known == null) {
            throw new IllegalStateException(
                    "'" + field + "' is read before the fields are checked");
        }
        return known.field(field).type();
    }

    boolean has(String field) {
        Node node = fields.get(field);
        return node != null && !Nodes.isNull(node);
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
            String near = Problems.nearest(text, meanings.keySet());
            problems.add(
                    placeOf(field),
                    "saw '"
                            + text
                            + "' as "
                            + field
                            + ", expected "
                            + (meanings.size() > 1 ? "one of " : "")
                            + expected,
                    near == null ? "" : "did you mean '" + near + "'?");
        }
        return meaning;
    }

    /// Within the range that the table gives it.
    @Nullable Integer number(String field) {
        if (!(type(field) instanceof FieldType.Whole whole)) {
            throw new IllegalStateException("'" + field + "' is no number in the table");
        }
        Node node = fields.get(field);
        return node == null || Nodes.isNull(node)
                ? null
                : number(node, field, whole.least(), whole.most());
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

    /// Within the range that the table gives it.
    @Nullable Duration duration(String field) {
        if (!(type(field) instanceof FieldType.Time range)) {
            throw new IllegalStateException("'" + field + "' is no duration in the table");
        }
        ScalarNode scalar = scalar(field, "a duration");
        if (scalar == null) {
            return null;
        }
        Place at = Nodes.placeOf(scalar, source);
        try {
            Duration duration = DurationText.parse(scalar.getValue());
            if (duration.compareTo(range.least()) >= 0 && duration.compareTo(range.most()) <= 0) {
                return duration;
            }
            problems.add(
                    at,
                    "saw "
                            + scalar.getValue()
                            + " as "
                            + field
                            + ", expected "
                            + DurationText.format(range.least())
                            + " to "
                            + DurationText.format(range.most()),
                    "");
        } catch (IllegalArgumentException e) {
            problems.add(at, field + ": " + e.getMessage(), "");
        }
        return null;
    }

    @Nullable YamlMap map(String field, String what) {
        Node node = fields.get(field);
        return node == null || Nodes.isNull(node) ? null : of(node, source, problems, what);
    }

    List<YamlMap> maps(String field, String what) {
        return list(field, "a list", node -> of(node, source, problems, what));
    }

    /// Plain values of any kind, as they are written.
    List<Located<String>> words(String field) {
        return list(field, "a list of text", node -> word(node, field));
    }

    private @Nullable Located<String> word(Node node, String field) {
        if (node instanceof ScalarNode scalar && !Nodes.isNull(scalar)) {
            return new Located<>(scalar.getValue(), Nodes.placeOf(scalar, source));
        }
        wrong(node, field, "text", "");
        return null;
    }

    /// A plain value of any kind, as it is written.
    @Nullable Located<String> plain(String field) {
        return has(field) ? word(node(field), field) : null;
    }

    /// The same, or a list of such.
    List<Located<String>> oneOrMore(String field) {
        if (!has(field) || isList(field)) {
            return words(field);
        }
        Located<String> one = plain(field);
        return one == null ? List.of() : List.of(one);
    }

    /// An element of a list that is written short or long.
    sealed interface Entry {
        record Word(Located<String> word) implements Entry {}

        record Mapping(YamlMap mapping) implements Entry {}
    }

    /// @param what for messages: "an entry of startAfter"
    List<Entry> entries(String field, String what) {
        return list(
                field,
                "a list",
                node -> {
                    if (node instanceof MappingNode mapping) {
                        return new Entry.Mapping(new YamlMap(mapping, source, problems, what));
                    }
                    Located<String> word = word(node, field);
                    return word == null ? null : new Entry.Word(word);
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
                values.put(name, Nodes.isNull(scalar) ? "" : scalar.getValue());
            } else {
                wrong(node, name, "text", "");
            }
        });
        return values;
    }

    private <T> List<T> list(String field, String expected, Function<Node, @Nullable T> element) {
        Node node = fields.get(field);
        if (node == null || Nodes.isNull(node)) {
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

    private Node node(String field) {
        Node node = fields.get(field);
        if (node == null) {
            throw new IllegalArgumentException("no field '" + field + "'");
        }
        return node;
    }

    private @Nullable ScalarNode scalar(String field, String expected) {
        Node node = fields.get(field);
        if (node == null || Nodes.isNull(node)) {
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
                Nodes.placeOf(node, source),
                "saw " + Nodes.kind(node) + " as " + field + ", expected " + expected,
                hint);
    }
}
