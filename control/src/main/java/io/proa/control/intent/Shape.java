package io.proa.control.intent;

import java.util.List;
import java.util.Set;

/// The fields of one kind of mapping in the documents: the one table that their readers, the JSON
/// Schema ([IntentSchema]) and the reference in `docs/documents.md` are made of.
///
/// @param name in the schema
/// @param what for messages: "a service"
/// @param unsupported fields that exist elsewhere and mean something that is not done here
record Shape(String name, String what, List<Field> fields, Set<String> unsupported) {
    /// @param absent what holds where it is left out; empty = nothing
    /// @param says one sentence, shown by editors
    record Field(String name, FieldType type, boolean required, String absent, String says) {
        static Field required(String name, FieldType type, String says) {
            return new Field(name, type, true, "", says);
        }

        static Field optional(String name, FieldType type, String absent, String says) {
            return new Field(name, type, false, absent, says);
        }
    }

    static Shape of(String name, String what, Field... fields) {
        return new Shape(name, what, List.of(fields), Set.of());
    }

    Shape refusing(String... other) {
        return new Shape(name, what, fields, Set.of(other));
    }

    List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /// @throws IllegalArgumentException for a field that is not in the table: a reader must not
    ///   know of it
    Field field(String wanted) {
        for (Field field : fields) {
            if (field.name().equals(wanted)) {
                return field;
            }
        }
        throw new IllegalArgumentException("no field '" + wanted + "' in " + what);
    }
}
