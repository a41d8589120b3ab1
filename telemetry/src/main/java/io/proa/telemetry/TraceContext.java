package io.proa.telemetry;

import io.proa.traffic.Dice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The `traceparent` header (W3C Trace Context, section 3.2), read in place and written as 55
/// bytes.
///
/// A valid header that an application sent is passed on unchanged as long as the sidecar exports no
/// span of its own: another parent id would name a span that nobody ever sees. Where there is none,
/// or an invalid one, [#made] starts a trace. Stateless; reads buffers absolutely, without moving
/// their position.
public final class TraceContext {
    /// Bytes of a header of version 00.
    public static final int LENGTH = 55;

    private static final int TRACE_ID_AT = 3;
    private static final int TRACE_ID_LENGTH = 32;
    private static final int PARENT_ID_AT = 36;
    private static final int PARENT_ID_LENGTH = 16;
    private static final int FLAGS_AT = 53;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private TraceContext() {}

    /// Whether these bytes are a usable header: lower-case hexadecimal, no id of zeros only,
    /// exactly 55 bytes in version 00; later versions may go on after a further `-`, and `ff` is
    /// forbidden.
    public static boolean valid(ByteBuffer bytes, int offset, int length) {
        if (length < LENGTH || !isHex(bytes, offset, 2)) {
            return false;
        }
        int version = digit(bytes.get(offset)) << 4 | digit(bytes.get(offset + 1));
        boolean lengthFits =
                length == LENGTH || (version != 0 && bytes.get(offset + LENGTH) == '-');
        return version != 0xFF
                && lengthFits
                && bytes.get(offset + TRACE_ID_AT - 1) == '-'
                && isId(bytes, offset + TRACE_ID_AT, TRACE_ID_LENGTH)
                && bytes.get(offset + PARENT_ID_AT - 1) == '-'
                && isId(bytes, offset + PARENT_ID_AT, PARENT_ID_LENGTH)
                && bytes.get(offset + FLAGS_AT - 1) == '-'
                && isHex(bytes, offset + FLAGS_AT, 2);
    }

    /// A new trace.
    ///
    /// @param sampled what applications that follow their parent are told to do; `false` silences
    ///   their tracing
    public static byte[] made(Dice dice, boolean sampled) {
        byte[] header = new byte[LENGTH];
        header[0] = '0';
        header[1] = '0';
        writeId(header, TRACE_ID_AT, dice);
        writeHex(header, TRACE_ID_AT + 16, dice.nextLong());
        writeId(header, PARENT_ID_AT, dice);
        return finished(header, sampled ? 1 : 0);
    }

    /// The same trace one step further: trace id and flags of a valid header under a new parent id,
    /// in version 00. For those who export the span that the new id names.
    public static byte[] continued(ByteBuffer bytes, int offset, Dice dice) {
        byte[] header = new byte[LENGTH];
        header[0] = '0';
        header[1] = '0';
        bytes.get(offset + TRACE_ID_AT, header, TRACE_ID_AT, TRACE_ID_LENGTH);
        writeId(header, PARENT_ID_AT, dice);
        // Version 00 knows the flag "sampled" only (section 3.2.2.5); the others must be sent as
        // zero.
        return finished(header, digit(bytes.get(offset + FLAGS_AT + 1)) & 1);
    }

    /// Where the trace id of a valid header begins; it is 32 bytes long.
    public static int traceIdAt(int offset) {
        return offset + TRACE_ID_AT;
    }

    /// The trace id of a valid header, 32 hexadecimal digits.
    public static String traceId(ByteBuffer bytes, int offset) {
        byte[] id = new byte[TRACE_ID_LENGTH];
        bytes.get(offset + TRACE_ID_AT, id);
        return new String(id, StandardCharsets.US_ASCII);
    }

    /// The trace id of a header made here.
    public static String traceId(byte[] header) {
        return new String(header, TRACE_ID_AT, TRACE_ID_LENGTH, StandardCharsets.US_ASCII);
    }

    private static byte[] finished(byte[] header, int flags) {
        header[TRACE_ID_AT - 1] = '-';
        header[PARENT_ID_AT - 1] = '-';
        header[FLAGS_AT - 1] = '-';
        header[FLAGS_AT] = '0';
        header[FLAGS_AT + 1] = DIGITS[flags];
        return header;
    }

    /// Sixteen digits that are not all zero.
    private static void writeId(byte[] to, int at, Dice dice) {
        long id = dice.nextLong();
        writeHex(to, at, id == 0 ? 1 : id);
    }

    static void writeHex(byte[] to, int at, long value) {
        for (int i = 0; i < 16; i++) {
            to[at + i] = DIGITS[(int) (value >>> 60 - 4 * i) & 15];
        }
    }

    private static boolean isId(ByteBuffer bytes, int at, int length) {
        int any = 0;
        for (int i = at; i < at + length; i++) {
            int digit = digit(bytes.get(i));
            if (digit < 0) {
                return false;
            }
            any |= digit;
        }
        return any != 0;
    }

    private static boolean isHex(ByteBuffer bytes, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (digit(bytes.get(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static int digit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
    }
}
