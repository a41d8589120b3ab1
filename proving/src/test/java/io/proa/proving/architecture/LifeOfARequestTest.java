package io.proa.proving.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The text about the data path names only what exists.
class LifeOfARequestTest {
    /// `Type`, or `Outer.Nested`; constants and protocol words have no lower-case letter.
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*(?:\\.[A-Z]\\w*)*)`");

    @Test
    void namesOnlyTypesThatExist() {
        Set<String> named = typesNamed(Production.text("docs/life-of-a-request.md"));
        Set<String> existing =
                Production.CLASSES.stream()
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(existing).containsAll(named);
    }

    @Test
    void findsTypesAndNestedTypesButNoConstants() {
        assertThat(typesNamed("`Loop`, `Failure.NotSent`, `RECORD`, Plain and `x-proa-reason`"))
                .containsExactly("Failure", "Loop", "NotSent");
    }

    private static Set<String> typesNamed(String text) {
        Set<String> names = new TreeSet<>();
        Matcher found = NAMED.matcher(text);
        while (found.find()) {
            for (String name : found.group(1).split("\\.", -1)) {
                if (!name.equals(name.toUpperCase(java.util.Locale.ROOT))) {
                    names.add(name);
                }
            }
        }
        return names;
    }
}
