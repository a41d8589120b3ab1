package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Both readers on messages from a seeded generator, and a second reading of what is forwarded.
class GeneratedMessagesTest {
    private static final int MESSAGES = Integer.getInteger("proa.messages", 30_000);
    private static final long SEED = Long.getLong("proa.seed", 20_261_123L);

    private final MessageHead head = new MessageHead();
    private final ByteBuffer out = ByteBuffer.allocateDirect(8192);
    private final HeadEdits edits = new HeadEdits();

    @Test
    void readsRequestsAsTheOracleDoes() {
        MessageMaker maker = new MessageMaker(SEED);
        int accepted = 0;
        for (int i = 0; i < MESSAGES; i++) {
            accepted += check(maker, null, maker.request()) ? 1 : 0;
        }
        assertThat(accepted).as("requests accepted").isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }

    @Test
    void readsResponsesAsTheOracleDoes() {
        MessageMaker maker = new MessageMaker(SEED + 1);
        int accepted = 0;
        for (int i = 0; i < MESSAGES; i++) {
            accepted += check(maker, maker.answered(), maker.response()) ? 1 : 0;
        }
        assertThat(accepted).as("responses accepted").isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }

    private boolean check(MessageMaker maker, @Nullable Method answered, String text) {
        Reading expected = Oracle.read(answered, text);
        Reading inPieces = Reading.by(head, answered, text, maker.cuts(text.length()));
        Reading actual = Reading.by(head, answered, text);
        String shown = text.replace("\r", "\\r").replace("\n", "\\n");
        assertThat(inPieces).as(shown).isEqualTo(actual);
        if (expected.ok()) {
            assertThat(actual).as(shown).isEqualTo(expected);
            checkForwarded(answered, expected, text);
            return true;
        }
        assertThat(actual.ok()).as(shown).isFalse();
        if (!expected.verdict().equals("more")) {
            assertThat(actual.verdict()).as(shown).isNotEqualTo("more");
        }
        return false;
    }

    /// What is sent on must be read by anyone as the same message, less what ends at this hop.
    private void checkForwarded(@Nullable Method answered, Reading original, String text) {
        ByteBuffer source = head.buf;
        out.clear();
        edits.clear();
        if (original.status() == 101) {
            edits.keepUpgrade();
        }
        boolean written =
                answered == null
                        ? HeadWriter.forwardRequest(head, source, out, edits)
                        : HeadWriter.forwardResponse(head, source, out, edits);
        assertThat(written).isTrue();
        int skipped = head.start() - 13;
        String rest = text.substring(head.end() - 13);
        String forwarded = Bytes.text(out, 0, out.position()) + rest;
        Reading again = Oracle.read(answered, forwarded);
        String shown = forwarded.replace("\r", "\\r").replace("\n", "\\n");
        assertThat(again.verdict()).as(shown).isEqualTo("ok");
        assertThat(again.startLine()).isEqualTo(original.startLine());
        assertThat(again.framing()).as(shown).isEqualTo(original.framing());
        assertThat(again.payload()).isEqualTo(original.payload());
        if (original.length() >= 0) {
            long shorter = (long) text.length() - skipped - forwarded.length();
            assertThat(again.length()).as(shown).isEqualTo(original.length() - skipped - shorter);
        }
        assertThat(again.fields())
                .as(shown)
                .containsExactlyElementsOf(
                        again.fields().stream()
                                .filter(f -> mayFollow(original, again, f))
                                .toList());
    }

    private static boolean mayFollow(Reading original, Reading again, String field) {
        String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
        if (name.equals("connection")) {
            return field.equals("Connection: close") && again.framing() == Framing.UNTIL_CLOSE
                    || field.equals("Connection: upgrade") && again.status() == 101;
        }
        boolean upgraded = name.equals("upgrade") && again.status() == 101;
        return original.fields().contains(field)
                && (upgraded || !original.hopByHop().contains(name));
    }
}
