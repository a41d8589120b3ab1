package io.proa.proving.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RepertoireTest {
    @Test
    void bothProgramsKnowTheSamePlays() {
        Repertoire one = new Repertoire(7, 50);
        Repertoire other = new Repertoire(7, 50);
        for (int number = 0; number < one.size(); number++) {
            assertThat(other.play(number)).isEqualTo(one.play(number));
        }
        assertThat(new Repertoire(8, 50).play(one.size() - 1))
                .isNotEqualTo(one.play(one.size() - 1));
    }

    @Test
    void everyAllowedDifferenceIsShownByAPlay() {
        Set<Difference> shown = EnumSet.noneOf(Difference.class);
        for (Play play : new Repertoire(1, 0).fixed()) {
            shown.addAll(play.expected());
        }
        for (Difference difference : Difference.values()) {
            assertThat(shown.contains(difference) || difference.everywhere)
                    .as(difference.toString())
                    .isTrue();
        }
    }

    @Test
    void noTwoPlaysHaveOneName() {
        Set<String> names = new HashSet<>();
        for (Play play : new Repertoire(1, 100).fixed()) {
            assertThat(names.add(TransparencyPage.kind(play) + play.name()))
                    .as(play.name())
                    .isTrue();
        }
    }

    @Test
    void eventsSurviveTheTelephone() {
        List<Event> events =
                List.of(
                        new Event.Head("GET /\\x HTTP/1.1", List.of("A:\t\u00fc\\", "B:")),
                        new Event.Head("HTTP/1.1 200 ", List.of()),
                        new Event.Body("chunked", 1L << 40, "ab", "5;a=\"b\" 0"),
                        new Event.Trailers(List.of()),
                        new Event.Bytes(3, "cd"),
                        new Event.End("fin", ""),
                        new Event.Note("from itself"));
        for (Event event : events) {
            assertThat(Event.decode(event.encode())).isEqualTo(event);
        }
    }
}
