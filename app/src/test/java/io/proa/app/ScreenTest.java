package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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

    @Test
    void breaksLongLinesAtBlanksAndLeavesOutWhatIsBelowTheWindow() {
        Screen screen = new Screen(new Terminal(true, 40, 4, false, true), out);
        screen.show(List.of("  " + "word ".repeat(9).strip(), "b", "c", "d"));

        assertThat(text().replaceAll("\033\\[[?0-9]*[A-Za-z]", ""))
                .isEqualTo("  word word word word word word word\n    word word\nb\n");
    }

    @Test
    void noticesThatNobodyReadsAnyMore() {
        Screen screen =
                new Screen(
                        new Terminal(false, 80, Terminal.UNBOUNDED, false, true),
                        new PrintStream(new Closed(), true, StandardCharsets.UTF_8));
        assertThat(screen.isGone()).isFalse();
        screen.show(List.of("a"));
        assertThat(screen.isGone()).isTrue();
    }

    /// A pipe whose reader has gone.
    private static final class Closed extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
        }
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
