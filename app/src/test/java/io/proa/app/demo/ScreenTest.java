package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void redrawsInPlaceOnATerminal() {
        Screen screen = new Screen(new Terminal(true, 80, Terminal.UNBOUNDED, false, true), out);
        screen.show(List.of("a", "b"));
        screen.show(List.of("c"));

        assertThat(text())
                .isEqualTo("\033[?7l\033[Ja\nb\n\033[?7h\033[?7l\033[2A\r\033[Jc\n\033[?7h");
    }

    @Test
    void putsASpokenLineAboveWhatIsRedrawn() {
        Screen screen = new Screen(new Terminal(true, 80, Terminal.UNBOUNDED, false, true), out);
        screen.show(List.of("a"));
        screen.say("news");
        screen.show(List.of("b"));

        assertThat(text())
                .isEqualTo(
                        "\033[?7l\033[Ja\n\033[?7h\033[1A\r\033[Jnews\n\033[?7l\033[Jb\n\033[?7h");
    }

    @Test
    void printsPlainLinesElsewhere() {
        Screen screen = new Screen(new Terminal(false, 80, Terminal.UNBOUNDED, false, true), out);
        screen.show(List.of("a"));
        screen.show(List.of("b"));

        assertThat(text()).isEqualTo("a\nb\n");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
