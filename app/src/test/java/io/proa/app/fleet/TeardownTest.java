package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TeardownTest {
    private final List<String> undone = new ArrayList<>();
    private final Teardown teardown = new Teardown();

    @Test
    void undoesInReverseOrderAndOnce() {
        teardown.add("a", () -> undone.add("a"));
        teardown.add("b", () -> undone.add("b"));

        teardown.close();
        teardown.close();

        assertThat(undone).containsExactly("b", "a");
        assertThat(teardown.closing()).isTrue();
    }

    @Test
    void goesOnAfterAStepThatFails() {
        teardown.add("a", () -> undone.add("a"));
        teardown.add(
                "b",
                () -> {
                    throw new IOException("stuck");
                });

        teardown.close();

        assertThat(undone).containsExactly("a");
        assertThat(teardown.failures())
                .singleElement()
                .asString()
                .startsWith("b: ")
                .contains("stuck");
    }

    @Test
    void undoesAtOnceWhatComesTooLate() {
        teardown.close();

        assertThatThrownBy(() -> teardown.add("late", () -> undone.add("late")))
                .hasMessageContaining("late came too late");
        assertThat(undone).containsExactly("late");
    }
}
