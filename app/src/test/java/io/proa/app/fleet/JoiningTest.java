package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JoiningTest {
    @Test
    void takesTheNextFreeNumberWhereItsNameWasNotAskedFor() {
        assertThat(joining("python3", false).named(Set.of()).name()).isEqualTo("python3");
        assertThat(joining("python3", false).named(Set.of("python3")).name())
                .isEqualTo("python3-2");
        assertThat(joining("python3", false).named(Set.of("python3", "python3-2")).name())
                .isEqualTo("python3-3");
    }

    @Test
    void insistsOnANameThatWasAskedFor() {
        assertThatThrownBy(() -> joining("web", true).named(Set.of("web")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("a program called 'web' is in the fleet already");
    }

    @Test
    void refusesWhatIsNoName() {
        assertThatThrownBy(() -> joining("We b", true).named(Set.of()))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("saw 'We b' as a name");
    }

    private static Joining joining(String name, boolean exact) {
        return new Joining(
                name,
                exact,
                List.of("x"),
                Path.of("/"),
                List.of(),
                List.of(),
                AccessLogging.USUAL,
                1,
                0);
    }
}
