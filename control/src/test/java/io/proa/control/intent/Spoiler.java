package io.proa.control.intent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes bad documents out of good ones, one slip in each.
final class Spoiler {
    private final List<Object> documents;
    private final Map<String, Object> samples = new TreeMap<>();
    private final List<Spoilt> spoilt = new ArrayList<>();
    private final List<Spoilt> empty = new ArrayList<>();

    /// @param how what was done to which field
    record Spoilt(String how, @Nullable Object document) {}

    /// A way from a document's root to one of its values: names and indices.
    private record Way(List<Object> steps) {
        Way to(Object step) {
            var longer = new ArrayList<>(steps);
            longer.add(step);
            return new Way(longer);
        }
    }

    Spoiler(String text) {
        this.documents = IntentSchemaTest.documents(text);
    }

    List<Spoilt> all() {
        for (Object document : documents) {
            String kind = String.valueOf(((Map<?, ?>) document).get("kind"));
            DocumentKind known = DocumentKind.named(kind);
            if (known == null) {
                throw new IllegalArgumentException(kind);
            }
            mapping(document, known.shape(), new Way(List.of()), (Map<?, ?>) document);
        }
        return spoilt;
    }

    /// One field without a value in each.
    List<Spoilt> withoutValues() {
        all();
        return List.copyOf(empty);
    }

    /// The first value of each field that was met, by `Shape.field`.
    Map<String, Object> samples() {
        return samples;
    }

    private void mapping(Object document, Shape shape, Way way, Map<?, ?> values) {
        add("unknown field", shape, "nonsense", document, way.to("nonsense"), 1);
        for (String other : shape.unsupported()) {
            add("unsupported field", shape, other, document, way.to(other), 1);
        }
        for (Shape.Field field : shape.fields()) {
            if (!values.containsKey(field.name())) {
                continue;
            }
            Way there = way.to(field.name());
            Object value = values.get(field.name());
            empty.add(
                    new Spoilt(
                            "nothing as "
                                    + (field.required() ? "required " : "")
                                    + shape.name()
                                    + "."
                                    + field.name(),
                            replaced(document, there.steps(), null)));
            samples.putIfAbsent(shape.name() + "." + field.name(), value);
            if (field.required()) {
                var copy = new LinkedHashMap<>(values);
                copy.remove(field.name());
                spoilt.add(
                        new Spoilt(
                                "without " + shape.name() + "." + field.name(),
                                replaced(document, way.steps(), copy)));
            }
            type(document, shape, field.name(), field.type(), there, value);
        }
    }

    private void type(
            Object document, Shape shape, String field, FieldType type, Way way, Object value) {
        switch (type) {
            case FieldType.Part part -> {
                add("nonsense", shape, field, document, way, "nonsense");
                mapping(document, part.shape(), way, (Map<?, ?>) value);
            }
            case FieldType.Many many -> {
                add("nonsense", shape, field, document, way, Map.of("non", List.of("sense")));
                List<?> elements = (List<?>) value;
                for (int i = 0; i < elements.size(); i++) {
                    type(document, shape, field, many.element(), way.to(i), elements.get(i));
                }
            }
            case FieldType.Either either -> {
                add("nonsense", shape, field, document, way, Map.of("non", List.of("sense")));
                for (FieldType one : either.alternatives()) {
                    if (one instanceof FieldType.Part part && value instanceof Map<?, ?> map) {
                        mapping(document, part.shape(), way, map);
                    } else if (one instanceof FieldType.Many && value instanceof List<?>) {
                        type(document, shape, field, one, way, value);
                    }
                }
            }
            case FieldType.Whole whole -> {
                add("too little", shape, field, document, way, whole.least() - 1L);
                add("too much", shape, field, document, way, whole.most() + 1L);
                add("a fraction", shape, field, document, way, whole.least() + 0.5);
                add("nonsense", shape, field, document, way, "nonsense");
            }
            case FieldType.Word _, FieldType.Flag _, FieldType.Time _ -> {
                add("nonsense", shape, field, document, way, "nonsense");
                add("a list", shape, field, document, way, List.of());
            }
            case FieldType.Text _, FieldType.Plain _ ->
                    add("nonsense", shape, field, document, way, Map.of("non", List.of("sense")));
            case FieldType.Plains _ -> {
                add("nonsense", shape, field, document, way, "nonsense");
                add("nested", shape, field, document, way, Map.of("a", List.of()));
            }
        }
    }

    private void add(
            String how, Shape shape, String field, Object document, Way way, Object value) {
        spoilt.add(
                new Spoilt(
                        how + " as " + shape.name() + "." + field + " at " + way.steps(),
                        replaced(document, way.steps(), value)));
    }

    private static @Nullable Object replaced(
            Object node, List<Object> steps, @Nullable Object value) {
        if (steps.isEmpty()) {
            return value;
        }
        Object step = steps.getFirst();
        List<Object> rest = steps.subList(1, steps.size());
        if (step instanceof Integer index) {
            var copy = new ArrayList<Object>((List<?>) node);
            copy.set(index, replaced(copy.get(index), rest, value));
            return copy;
        }
        var copy = new LinkedHashMap<Object, Object>((Map<?, ?>) node);
        Object child = copy.get(step);
        copy.put(step, child == null ? value : replaced(child, rest, value));
        return copy;
    }
}
