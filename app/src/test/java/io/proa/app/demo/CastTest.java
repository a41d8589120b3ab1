package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CastTest {
    private static final Map<String, String> WANTED = wanted();

    @Test
    void givesEachServiceItsOwnLanguage() {
        Cast cast = Cast.of(WANTED, Set.of("python", "node", "go", "java", "perl")::contains);

        assertThat(cast.languages()).isEqualTo(WANTED);
        assertThat(cast.notes()).isEmpty();
    }

    @Test
    void letsStandInsPlayAndSaysSo() {
        Cast cast = Cast.of(WANTED, Set.of("python", "java", "perl", "c")::contains);

        assertThat(cast.languages())
                .containsExactly(
                        Map.entry("inventory", "perl"),
                        Map.entry("orders", "python"),
                        Map.entry("catalog", "java"),
                        Map.entry("front", "c"));
        assertThat(cast.notes())
                .containsExactly(
                        "no Go on this machine: Perl stands in for it as inventory",
                        "no Node on this machine: C stands in for it as front");
    }

    @Test
    void saysWhatToInstallWhenThereAreNotFour() {
        assertThatThrownBy(() -> Cast.of(WANTED, Set.of("python", "java", "perl")::contains))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("Node is missing");
    }

    private static Map<String, String> wanted() {
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put("inventory", "go");
        wanted.put("orders", "python");
        wanted.put("catalog", "java");
        wanted.put("front", "node");
        return wanted;
    }
}
