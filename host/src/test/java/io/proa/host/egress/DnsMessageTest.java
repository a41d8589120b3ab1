package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DnsMessageTest {
    @Test
    void anAnswerHasTheIdAndRepeatsTheQuestion() {
        byte[] query = DnsSamples.query(7, "a.example", 1);
        byte[] answer = DnsSamples.answer(query, 192, 0, 2, 1);
        assertThat(DnsMessage.answers(answer, query)).isTrue();
        assertThat(DnsMessage.answers(DnsMessage.withId(answer, 8), query)).isFalse();
        assertThat(DnsMessage.answers(query, query)).as("a question").isFalse();
        byte[] other = DnsSamples.query(7, "b.example", 1);
        assertThat(DnsMessage.answers(DnsSamples.answer(other, 192, 0, 2, 1), query)).isFalse();
        assertThat(DnsMessage.answers(Arrays.copyOf(answer, 14), query)).isFalse();
        byte[] bare = Arrays.copyOf(DnsMessage.refusal(query, 1), DnsMessage.HEADER);
        bare[5] = 0;
        assertThat(DnsMessage.answers(bare, query)).as("a refusal without the question").isTrue();
    }

    @Test
    void aRefusalRepeatsTheQuestionAlone() {
        byte[] query = DnsSamples.query(0xabcd, "a.example", 28);
        query[2] |= 1; // recursion desired
        byte[] refusal = DnsMessage.refusal(query, DnsMessage.SERVFAIL);
        assertThat(DnsMessage.answers(refusal, query)).isTrue();
        assertThat(refusal).hasSameSizeAs(query);
        assertThat(refusal[2]).isEqualTo((byte) 0x81);
        assertThat(refusal[3]).isEqualTo((byte) 0x82);
        assertThat(DnsMessage.truncated(query)[2]).isEqualTo((byte) 0x83);
        assertThat(DnsMessage.truncated(query)[3]).isEqualTo((byte) 0x80);
    }

    @Test
    void leavesOutWhatComesAfterTheQuestion() {
        byte[] query = DnsSamples.query(1, "a.example", 1);
        byte[] extended = Arrays.copyOf(query, query.length + 11);
        extended[11] = 1; // one additional record
        assertThat(DnsMessage.refusal(extended, 2)).hasSize(query.length);
        assertThat(DnsMessage.refusal(extended, 2)[11]).isZero();
    }

    @Test
    void isNotDisturbedByNoise() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] query = new byte[DnsMessage.HEADER + random.nextInt(40)];
            random.nextBytes(query);
            query[4] = 0;
            query[5] = 1;
            byte[] message = query.clone();
            message[2] |= (byte) 0x80;
            assertThat(DnsMessage.answers(message, query)).isTrue();
            if (DnsMessage.isQuery(query)) {
                byte[] refusal = DnsMessage.refusal(query, 2);
                assertThat(DnsMessage.answers(refusal, query)).isTrue();
                assertThat(refusal).hasSizeLessThanOrEqualTo(query.length);
            }
        }
    }
}
