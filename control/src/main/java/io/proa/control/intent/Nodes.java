package io.proa.control.intent;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// What messages say of YAML nodes.
final class Nodes {
    private Nodes() {}

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

    /// What stands there, for messages: a list, 'text', 7.
    static String kind(Node node) {
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
