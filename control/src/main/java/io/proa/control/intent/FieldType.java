package io.proa.control.intent;

import io.proa.wire.DurationText;
import java.time.Duration;
import java.util.List;

/// What may stand as a field's value, as far as the value alone can tell.
sealed interface FieldType {
    /// @param form what people call it: "a path"
    /// @param pattern a regular expression for all of it, for editors; empty = any text
    record Text(String form, String pattern) implements FieldType {}

    record Word(List<String> words) implements FieldType {}

    record Whole(int least, int most) implements FieldType {}

    record Flag() implements FieldType {}

    /// Written as in [DurationText].
    record Time(Duration least, Duration most) implements FieldType {
        static final Time ANY = new Time(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE));

        static Time from(String least, String most) {
            return new Time(DurationText.parse(least), DurationText.parse(most));
        }
    }

    /// Text, a number or true and false, taken as they are written.
    ///
    /// @param form as above
    record Plain(String form) implements FieldType {}

    /// A mapping of names to plain values.
    ///
    /// @param form as above
    record Plains(String form) implements FieldType {}

    record Part(Shape shape) implements FieldType {}

    /// @param least how many there are at least
    record Many(FieldType element, int least) implements FieldType {}

    record Either(List<FieldType> alternatives) implements FieldType {}

    static Either either(FieldType... alternatives) {
        return new Either(List.of(alternatives));
    }

    static Many many(FieldType element) {
        return new Many(element, 0);
    }
}
