package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Blocks and frames that are nothing but noise, or good ones damaged: the answer is a flaw, and
/// nothing else, whatever pieces they come in.
class HpackDamageTest {
    private static final int CASES = Integer.getInteger("proa.messages", 30_000);
    private static final int LIMIT = 4096;

    private final Random random = new Random(Long.getLong("proa.seed", 20_261_123L));
    private final FieldSection section = new FieldSection();
    private final MessageHead head = new MessageHead();
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);

    private byte[] noise(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /// What is read, in pieces that end where `cuts` says.
    private String read(HpackDecoder decoder, ByteBuffer block, boolean pieces) {
        section.beginRequest(LIMIT, true);
        int at = 0;
        try {
            for (int to = pieces ? random.nextInt(block.limit() + 1) : block.limit(); ; ) {
                at = decoder.decode(block, at, to, to == block.limit(), section);
                if (to == block.limit()) {
                    break;
                }
                to += 1 + random.nextInt(block.limit() - to);
            }
        } catch (MalformedFrame e) {
            return e.flaw().code();
        }
        assertThat(at).isEqualTo(block.limit());
        try {
            out.clear();
            section.request(out, head, HeadLimits.DEFAULT, true);
            assertThat(out.position()).isLessThanOrEqualTo(section.room());
            return Bytes.text(out, 0, out.position());
        } catch (MalformedHead e) {
            return e.flaw().code();
        }
    }

    /// The text must be one head to anyone: the one that was counted.
    private void checkText(String text) {
        if (text.contains("\r\n")) {
            Reading reading = Oracle.read(null, text);
            assertThat(reading.ok()).as(text).isTrue();
            assertThat(text.indexOf("\r\n\r\n")).isEqualTo(text.length() - 4);
        }
    }

    @Test
    void readsNoiseAsNothingElse() {
        for (int i = 0; i < CASES; i++) {
            ByteBuffer block = HpackList.direct(noise(200));
            String whole = read(new HpackDecoder(LIMIT), block, false);
            assertThat(read(new HpackDecoder(LIMIT), block, true)).isEqualTo(whole);
            checkText(whole);
        }
    }

    @Test
    void readsDamagedRequestsTheSameInPieces() {
        FieldLists lists = new FieldLists(3);
        int good = 0;
        for (int i = 0; i < CASES; i++) {
            HpackEncoder encoder = new HpackEncoder(LIMIT);
            HpackDecoder whole = new HpackDecoder(LIMIT);
            HpackDecoder pieces = new HpackDecoder(LIMIT);
            for (int n = 0; n < 3; n++) {
                byte[] bytes = HpackList.encode(encoder, request(lists));
                if (n == 2) {
                    for (int wounds = random.nextInt(3); wounds > 0; wounds--) {
                        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                }
                ByteBuffer block = HpackList.direct(bytes);
                String text = read(whole, block, false);
                assertThat(read(pieces, block, true)).isEqualTo(text);
                checkText(text);
                good += text.contains("\r\n") ? 1 : 0;
            }
        }
        assertThat(good).isGreaterThan(CASES / 2);
    }

    private static List<HpackList> request(FieldLists lists) {
        List<HpackList> list = new ArrayList<>();
        list.add(new HpackList(":method", "GET"));
        list.add(new HpackList(":scheme", "https"));
        list.add(new HpackList(":path", "/package.Service/Method"));
        list.add(new HpackList(":authority", "h:1"));
        for (HpackList field : lists.next()) {
            boolean printable =
                    StandardCharsets.US_ASCII.newEncoder().canEncode(field.value())
                            && field.value().strip().equals(field.value())
                            && field.value().chars().noneMatch(c -> c < 0x20 || c == 0x7F);
            if (printable && field.name().startsWith("x-") || field.name().equals("accept")) {
                list.add(field);
            }
        }
        return list;
    }

    @Test
    void readsAnyFrameOrSaysWhatIsWrong() {
        FrameHead frame = new FrameHead();
        int good = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] bytes = noise(600);
            if (bytes.length < FrameHead.LENGTH) {
                continue;
            }
            int length = Math.min(bytes.length - FrameHead.LENGTH, random.nextInt(20));
            bytes[0] = 0;
            bytes[1] = (byte) (random.nextInt(20) == 0 ? 0x40 : 0);
            bytes[2] = (byte) length;
            bytes[3] = (byte) random.nextInt(11);
            ByteBuffer buf = HpackList.direct(bytes);
            frame.read(buf, 0);
            try {
                frame.check(FrameHead.SMALLEST_MAX_FRAME_SIZE, 0);
                assertThat(frame.needed()).isBetween(0, 384).isLessThanOrEqualTo(frame.length());
                frame.readPayload(buf.limit(FrameHead.LENGTH + frame.needed()), FrameHead.LENGTH);
                assertThat(frame.contentStart()).isBetween(9, frame.contentEnd());
                assertThat(frame.contentEnd()).isBetween(9, 9 + frame.length());
                good++;
            } catch (MalformedFrame e) {
                assertThat(e.getStackTrace()).isEmpty();
            }
        }
        assertThat(good).isGreaterThan(CASES / 20);
    }
}
