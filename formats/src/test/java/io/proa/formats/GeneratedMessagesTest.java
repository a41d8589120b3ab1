package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Both readers on messages from a seeded generator.
class GeneratedMessagesTest {
    private static final int MESSAGES = Integer.getInteger("proa.messages", 30_000);
    private static final long SEED = Long.getLong("proa.seed", 20_261_123L);

    private final TwoReaders readers = new TwoReaders();

    @Test
    void readsRequestsAsTheOracleDoes() {
        MessageMaker maker = new MessageMaker(SEED);
        int accepted = 0;
        for (int i = 0; i < MESSAGES; i++) {
            String text = maker.request();
            accepted += readers.check(null, text, maker.cuts(text.length())).ok() ? 1 : 0;
        }
        assertThat(accepted).as("requests accepted").isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }

    @Test
    void readsResponsesAsTheOracleDoes() {
        MessageMaker maker = new MessageMaker(SEED + 1);
        int accepted = 0;
        for (int i = 0; i < MESSAGES; i++) {
            String text = maker.response();
            accepted +=
                    readers.check(maker.answered(), text, maker.cuts(text.length())).ok() ? 1 : 0;
        }
        assertThat(accepted).as("responses accepted").isBetween(MESSAGES / 10, MESSAGES * 9 / 10);
    }
}
