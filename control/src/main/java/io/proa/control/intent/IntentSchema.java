package io.proa.control.intent;

import io.proa.control.intent.FieldType.Either;
import io.proa.control.intent.FieldType.Flag;
import io.proa.control.intent.FieldType.Many;
import io.proa.control.intent.FieldType.Part;
import io.proa.control.intent.FieldType.Plain;
import io.proa.control.intent.FieldType.Plains;
import io.proa.control.intent.FieldType.Text;
import io.proa.control.intent.FieldType.Time;
import io.proa.control.intent.FieldType.Whole;
import io.proa.control.intent.FieldType.Word;
import io.proa.wire.DurationText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// All kinds of documents as one JSON Schema (2020-12), by which editors complete and check them
/// while they are written. Made of the same tables that the readers obey; what needs more than one
/// value to be judged is the readers' alone.
public final class IntentSchema {
    private static final String DURATION = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

    private final SequencedMap<String, Object> definitions = new LinkedHashMap<>();

    private IntentSchema() {}

    /// The text of `docs/schema/proa.schema.json`.
    public static String json() {
        var root = new LinkedHashMap<String, Object>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Documents of Proa");
        root.put("type", "object");
        root.put("required", List.of("apiVersion", "kind", "metadata", "spec"));
        root.put("properties", Map.of("kind", Map.of("enum", DocumentKind.NAMES)));
        var schema = new IntentSchema();
        var kinds = new ArrayList<Object>();
        for (DocumentKind kind : DocumentKind.ALL) {
            var choice = new LinkedHashMap<String, Object>();
            choice.put("if", Map.of("properties", Map.of("kind", Map.of("const", kind.name()))));
            choice.put("then", schema.reference(kind.shape()));
            kinds.add(choice);
        }
        root.put("allOf", kinds);
        root.put("$defs", schema.definitions);
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(root)
                + "\n";
    }

    private Map<String, Object> reference(Shape shape) {
        if (!definitions.containsKey(shape.name())) {
            definitions.put(shape.name(), Map.of()); // keeps its place before those it is made of
            definitions.put(shape.name(), object(shape));
        }
        return Map.of("$ref", "#/$defs/" + shape.name());
    }

    private Map<String, Object> object(Shape shape) {
        var object = new LinkedHashMap<String, Object>();
        object.put("type", "object");
        object.put("additionalProperties", false);
        List<String> required =
                shape.fields().stream()
                        .filter(Shape.Field::required)
                        .map(Shape.Field::name)
                        .toList();
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        var properties = new LinkedHashMap<String, Object>();
        for (Shape.Field field : shape.fields()) {
            var property = new LinkedHashMap<String, Object>();
            String absent = field.absent().isEmpty() ? "" : " Left out: " + field.absent() + ".";
            property.put("description", field.says() + absent);
            property.putAll(schema(field.type()));
            properties.put(field.name(), property);
        }
        object.put("properties", properties);
        return object;
    }

    private Map<String, Object> schema(FieldType type) {
        var schema = new LinkedHashMap<String, Object>();
        switch (type) {
            case Text text -> {
                schema.put("type", "string");
                if (!text.pattern().isEmpty()) {
                    schema.put("pattern", "^(" + text.pattern() + ")$");
                }
            }
            case Word word -> schema.put("enum", word.words());
            case Whole whole -> {
                schema.put("type", "integer");
                schema.put("minimum", whole.least());
                schema.put("maximum", whole.most());
            }
            case Flag _ -> schema.put("type", "boolean");
            case Time _ -> {
                schema.put("type", "string");
                schema.put("pattern", DURATION);
            }
            case Plain _ -> schema.put("type", List.of("string", "number", "boolean"));
            case Plains _ -> {
                schema.put("type", "object");
                schema.put(
                        "additionalProperties",
                        Map.of("type", List.of("string", "number", "boolean", "null")));
            }
            case Part part -> schema.putAll(reference(part.shape()));
            case Many many -> {
                schema.put("type", "array");
                schema.put("items", schema(many.element()));
                if (many.least() > 0) {
                    schema.put("minItems", many.least());
                }
            }
            case Either either ->
                    schema.put("anyOf", either.alternatives().stream().map(this::schema).toList());
        }
        return schema;
    }

    /// How people write such a value, for the reference.
    static String inWords(FieldType type) {
        return switch (type) {
            case Text text -> text.form();
            case Word word ->
                    String.join(
                            ", ",
                            word.words().stream()
                                    .map(w -> w.isEmpty() ? "`\"\"`" : "`" + w + "`")
                                    .toList());
            case Whole whole -> whole.least() + " to " + whole.most();
            case Flag _ -> "`true`, `false`";
            case Time time when time.equals(Time.ANY) -> "duration";
            case Time time ->
                    "duration, "
                            + DurationText.format(time.least())
                            + " to "
                            + DurationText.format(time.most());
            case Plain plain -> plain.form();
            case Plains plains -> plains.form();
            case Part part ->
                    "["
                            + part.shape().name()
                            + "](#"
                            + part.shape().name().toLowerCase(java.util.Locale.ROOT)
                            + ")";
            case Many many -> "list of " + inWords(many.element());
            case Either either ->
                    String.join(
                            "; or ",
                            either.alternatives().stream().map(IntentSchema::inWords).toList());
        };
    }
}
