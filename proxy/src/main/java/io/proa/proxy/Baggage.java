package io.proa.proxy;

import io.proa.formats.HeadEdits;
import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The member `proa-trace=<trace id>` of the `baggage` header (W3C Baggage, section 3.3), for
/// applications that propagate baggage and no trace. It exists between a sidecar and its own
/// application only: added to what goes in, removed from what comes out, and from what comes from
/// elsewhere.
final class Baggage {
    private static final byte[] FIELD = "baggage: proa-trace=".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MEMBER = "proa-trace=".getBytes(StandardCharsets.US_ASCII);
    private static final int TRACE_ID_LENGTH = 32;

    /// More than that is left as it is: the largest head must still fit into its buffer.
    private static final int MOST_BYTES = 2048;

    private Baggage() {}

    /// Where the trace id begins in the first member of ours, or -1.
    static int find(MessageHead head, ByteBuffer bytes) {
        for (int i = head.find(KnownHeader.BAGGAGE); i >= 0 && i < head.headerCount(); i++) {
            if (head.known(i) == KnownHeader.BAGGAGE) {
                int at = findMember(bytes, head.valueStart(i), head.valueEnd(i));
                if (at >= 0) {
                    return at + MEMBER.length;
                }
            }
        }
        return -1;
    }

    /// Removes members of ours that are there and adds one for `traceId`, if there is one.
    static void rewrite(
            MessageHead head, ByteBuffer bytes, HeadEdits edits, byte @Nullable [] traceId) {
        if (!head.has(KnownHeader.BAGGAGE)) {
            if (traceId != null) {
                edits.add(FIELD, traceId);
            }
        } else if (traceId != null || find(head, bytes) >= 0) {
            byte[] value = rewritten(head, bytes, traceId);
            if (value.length == 0) {
                edits.remove(KnownHeader.BAGGAGE);
            } else if (value.length <= MOST_BYTES) {
                edits.replace(KnownHeader.BAGGAGE, value);
            }
        }
    }

    private static byte[] rewritten(MessageHead head, ByteBuffer bytes, byte @Nullable [] traceId) {
        ByteArrayOutputStream value = new ByteArrayOutputStream(256);
        for (int i = head.find(KnownHeader.BAGGAGE); i < head.headerCount(); i++) {
            if (head.known(i) == KnownHeader.BAGGAGE) {
                int end = head.valueEnd(i);
                for (int from = head.valueStart(i); from < end; ) {
                    int to = memberEnd(bytes, from, end);
                    if (!isOurs(bytes, from, to)) {
                        comma(value);
                        for (int at = from; at < to; at++) {
                            value.write(bytes.get(at));
                        }
                    }
                    from = to + 1;
                }
            }
        }
        if (traceId != null) {
            comma(value);
            value.writeBytes(MEMBER);
            value.writeBytes(traceId);
        }
        return value.toByteArray();
    }

    private static void comma(ByteArrayOutputStream value) {
        if (value.size() > 0) {
            value.write(',');
        }
    }

    private static int findMember(ByteBuffer bytes, int start, int end) {
        for (int from = start; from < end; ) {
            int to = memberEnd(bytes, from, end);
            if (isOurs(bytes, from, to)) {
                return afterSpace(bytes, from, to);
            }
            from = to + 1;
        }
        return -1;
    }

    /// The comma behind the member, or `end`. A comma cannot be part of one: values are
    /// percent-encoded.
    private static int memberEnd(ByteBuffer bytes, int from, int end) {
        int at = from;
        while (at < end && bytes.get(at) != ',') {
            at++;
        }
        return at;
    }

    private static boolean isOurs(ByteBuffer bytes, int from, int to) {
        int start = afterSpace(bytes, from, to);
        if (to - start < MEMBER.length + TRACE_ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < MEMBER.length; i++) {
            if (bytes.get(start + i) != MEMBER[i]) {
                return false;
            }
        }
        return true;
    }

    private static int afterSpace(ByteBuffer bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes.get(at) == ' ' || bytes.get(at) == '\t')) {
            at++;
        }
        return at;
    }
}
