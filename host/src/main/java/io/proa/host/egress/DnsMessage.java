package io.proa.host.egress;

import java.util.Arrays;

/// The little that a forwarder has to know of a DNS message (RFC 1035, section 4.1): whose answer
/// it is, and how to answer that there is none.
final class DnsMessage {
    static final int HEADER = 12;
    static final int SERVFAIL = 2;

    private static final int FLAGS_AT = 2;
    private static final int QUESTIONS_AT = 4;
    private static final int ANSWER = 0x80;
    private static final int OPCODE_AND_RECURSION_DESIRED = 0x79;
    private static final int TRUNCATED = 0x02;
    private static final int LONGEST_LABEL = 63;
    private static final int TYPE_AND_CLASS = 4;

    private DnsMessage() {}

    /// Whether it can be forwarded: a question as far as the header says.
    static boolean isQuery(byte[] message) {
        return message.length > HEADER && (message[FLAGS_AT] & ANSWER) == 0;
    }

    static int id(byte[] message) {
        return Byte.toUnsignedInt(message[0]) << 8 | Byte.toUnsignedInt(message[1]);
    }

    static byte[] withId(byte[] message, int id) {
        byte[] copy = message.clone();
        copy[0] = (byte) (id >> 8);
        copy[1] = (byte) id;
        return copy;
    }

    /// Whether `message` answers `query`: same id, and the same question where it repeats one.
    static boolean answers(byte[] message, byte[] query) {
        if (message.length < HEADER
                || (message[FLAGS_AT] & ANSWER) == 0
                || id(message) != id(query)) {
            return false;
        }
        int end = endOfQuestion(query);
        boolean repeats = message[QUESTIONS_AT] != 0 || message[QUESTIONS_AT + 1] != 0;
        return !repeats
                || end < 0
                || (message.length >= end
                        && Arrays.equals(message, HEADER, end, query, HEADER, end));
    }

    /// An answer without records that says why.
    ///
    /// @param code the response code, 0 to 15
    static byte[] refusal(byte[] query, int code) {
        byte[] answer = bare(query);
        answer[FLAGS_AT + 1] = (byte) (0x80 | code); // recursion is available
        return answer;
    }

    /// "Too long for a datagram, ask by TCP."
    static byte[] truncated(byte[] query) {
        byte[] answer = refusal(query, 0);
        answer[FLAGS_AT] |= (byte) TRUNCATED;
        return answer;
    }

    private static byte[] bare(byte[] query) {
        int end = endOfQuestion(query);
        byte[] answer = Arrays.copyOf(query, end < 0 ? HEADER : end);
        answer[FLAGS_AT] = (byte) (ANSWER | query[FLAGS_AT] & OPCODE_AND_RECURSION_DESIRED);
        Arrays.fill(answer, QUESTIONS_AT, HEADER, (byte) 0);
        answer[QUESTIONS_AT + 1] = (byte) (end < 0 ? 0 : 1);
        return answer;
    }

    /// @return -1 where there is not exactly one well-formed question
    private static int endOfQuestion(byte[] message) {
        if (message.length < HEADER
                || message[QUESTIONS_AT] != 0
                || message[QUESTIONS_AT + 1] != 1) {
            return -1;
        }
        int at = HEADER;
        while (at < message.length && message[at] != 0) {
            int label = Byte.toUnsignedInt(message[at]);
            if (label > LONGEST_LABEL) {
                return -1; // a question comes first and has nothing to point back to
            }
            at += 1 + label;
        }
        int end = at + 1 + TYPE_AND_CLASS;
        return end <= message.length ? end : -1;
    }
}
