package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Has HTTP/2 read by what is under test and by a [PlainHpack], and what becomes of it by the
/// [Oracle] of HTTP/1.1. Throws an AssertionError where they differ.
public final class Http2Readers {
    private static final int TABLE = 4096;
    private static final int LIMIT = 8192;
    private static final int LONGEST_CONTROL = 384;

    private final FieldSection section = new FieldSection();
    private final MessageHead head = new MessageHead();
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
    private final FrameHead frame = new FrameHead();

    public Http2Readers() {}

    /// Reads field blocks of one connection, each behind an octet with its length.
    ///
    /// @return how many, and a few words on how the last two were read
    public String blocks(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        PlainHpack plain = new PlainHpack(TABLE);
        HpackDecoder whole = new HpackDecoder(TABLE);
        HpackDecoder pieces = new HpackDecoder(TABLE);
        String kinds = "";
        int count = 0;
        for (int at = 0; at < input.length; count++) {
            int end = Math.min(input.length, at + 1 + (input[at] & 0xFF));
            byte[] bytes = Arrays.copyOfRange(input, at + 1, end);
            List<HpackList> expected = expected(plain, bytes);
            ByteBuffer block = HpackList.direct(bytes);
            String kind = read(whole, block, expected, null);
            String again = read(pieces, block, expected, random);
            require(kind.equals(again), "in pieces otherwise", kind, again);
            kinds = kinds.substring(kinds.indexOf(' ') + 1) + ' ' + kind;
            if (expected == null) {
                break;
            }
            at = end;
        }
        return Math.min(count, 4) + kinds;
    }

    private static @Nullable List<HpackList> expected(PlainHpack plain, byte[] bytes) {
        try {
            return plain.decode(bytes);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private String read(
            HpackDecoder decoder,
            ByteBuffer block,
            @Nullable List<HpackList> expected,
            @Nullable Random random) {
        section.beginRequest(LIMIT, false);
        try {
            int end = block.limit();
            int at = 0;
            int to = random == null ? end : random.nextInt(end + 1);
            while (to < end) {
                at = decoder.decode(block, at, to, false, section);
                to += 1 + (random == null ? 0 : random.nextInt(end - to));
            }
            at = decoder.decode(block, at, end, true, section);
            require(at == end, "stops early", end, at);
        } catch (MalformedFrame e) {
            boolean agreed = expected == null || e.flaw() == FrameFlaw.BLOCK_TOO_LARGE;
            require(agreed, "refused", expected, e.flaw());
            return e.flaw().code();
        }
        if (expected == null) {
            throw new AssertionError("accepts what the second reader refuses");
        }
        int size = expected.stream().mapToInt(HpackList::size).sum();
        require(section.size() == size, "counts otherwise", size, section.size());
        require(section.fields() == expected.size(), "other fields", expected, section.fields());
        return text(expected);
    }

    private String text(List<HpackList> expected) {
        out.clear();
        try {
            section.request(out, head, HeadLimits.DEFAULT, true);
        } catch (MalformedHead e) {
            return e.flaw().code();
        }
        require(out.position() <= section.room(), "room", section.room(), out.position());
        String text = Bytes.text(out, 0, out.position());
        Reading reading = Oracle.read(null, text);
        require(reading.ok(), "oracle does not accept " + text, expected, reading);
        require(reading.length() == text.length(), "not one message: " + text, expected, reading);
        List<String> fields = new ArrayList<>();
        StringBuilder cookies = new StringBuilder();
        for (HpackList field : expected) {
            if (field.name().equals("cookie")) {
                boolean joined = !cookies.isEmpty() && !field.value().isEmpty();
                cookies.append(joined ? "; " : "").append(field.value());
            } else if (!field.name().startsWith(":") && !field.name().equals("host")) {
                fields.add(field.name() + ": " + field.value());
            }
        }
        if (!cookies.isEmpty()) {
            fields.add("cookie: " + cookies);
        }
        List<String> read = reading.fields().subList(1, reading.fields().size());
        require(read.equals(fields), "other fields", fields, read);
        require(
                reading.fields().getFirst().toLowerCase(Locale.ROOT).startsWith("host: "),
                "no host",
                "host",
                reading);
        return "ok" + Math.min(expected.size(), 8);
    }

    /// Reads frames until one is refused or incomplete.
    ///
    /// @return how many types there were, and how the last was read
    public String frames(byte[] input) {
        ByteBuffer buf = HpackList.direct(input);
        String last = "";
        int types = 0;
        int open = 0;
        int at = 0;
        while (at + FrameHead.LENGTH <= input.length) {
            try {
                frame.read(buf, at);
                types |= 1 << Math.min(frame.typeCode(), 10);
                last = frame.type().name();
                frame.check(FrameHead.SMALLEST_MAX_FRAME_SIZE, open);
                int payload = at + FrameHead.LENGTH;
                require(frame.needed() <= frame.length(), "needs", frame.length(), frame.needed());
                require(frame.needed() <= LONGEST_CONTROL, "much", 384, frame.needed());
                if (payload + frame.needed() > input.length) {
                    return Integer.bitCount(types) + last + "+";
                }
                frame.readPayload(buf, payload);
                boolean inside =
                        payload <= frame.contentStart()
                                && frame.contentStart() <= frame.contentEnd()
                                && frame.contentEnd() <= payload + frame.length();
                require(inside, "content outside", frame.contentStart(), frame.contentEnd());
                if (frame.type() == FrameType.SETTINGS) {
                    new Http2Settings()
                            .take(buf, frame.contentStart(), frame.contentEnd(), at % 2 == 0);
                }
                boolean opens =
                        frame.type() == FrameType.HEADERS || frame.type() == FrameType.CONTINUATION;
                open = opens ? frame.endsHeaders() ? 0 : frame.stream() : open;
            } catch (MalformedFrame e) {
                last = e.flaw().code() + frame.type();
                if (e.flaw().scope() == FrameFlaw.Scope.CONNECTION) {
                    return Integer.bitCount(types) + last;
                }
            }
            at += FrameHead.LENGTH + frame.length();
        }
        return Integer.bitCount(types) + last;
    }

    private static void require(
            boolean rule, String broken, @Nullable Object expected, Object actual) {
        if (!rule) {
            throw new AssertionError(
                    broken + "\n  expected " + expected + "\n  actual   " + actual);
        }
    }

    /// Connections that [#blocks] reads.
    public static List<byte[]> blockSeeds() {
        return List.of(
                blocks("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865"),
                blocks("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"),
                blocks("8287044d2f410168", "3fe11f828684410168"),
                blocks("82868441016810067365637265740173", "828684be6003613d626003633d64"),
                blocks("82868441016866016800027465087472", "203f1f828684410168be"),
                blocks("8286844101685c0130400361626300", "828684bf0f2e01610f0d0161be"));
    }

    private static byte[] blocks(String... hex) {
        StringBuilder text = new StringBuilder();
        for (String block : hex) {
            ByteBuffer bytes = HpackList.hex(block);
            text.append((char) bytes.limit()).append(Bytes.text(bytes, 0, bytes.limit()));
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Connections that [#frames] reads.
    public static List<byte[]> frameSeeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String hex :
                List.of(
                        "000012040000000000000300000064000400010000000500004000",
                        "000006040000000000000200000000000000040100000000",
                        "00000701240000000100000000108286" + "84" + "000001000100000001" + "61",
                        "000002010000000003828600000109040000000384",
                        "00000400090000000102616200" + "0000040800000000000000" + "01",
                        "0000050200000000038000000110" + "00000403000000000300000008",
                        "0000080600000000000102030405060708" + "00000806010000000001020304",
                        "00000a070000000000000000030000000"
                                + "16f6b"
                                + "0000"
                                + "01fa00000000036100",
                        "00000608000000000100000000" + "000005050400000001000000" + "0282")) {
            ByteBuffer bytes = HpackList.hex(hex.length() % 2 == 0 ? hex : hex + "0");
            seeds.add(Bytes.of(Bytes.text(bytes, 0, bytes.limit())));
        }
        return seeds;
    }
}
