package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What RFC 7541 forbids, one line for each rule, and what must not disturb the table.
class HpackRulesTest {
    private static final int LIMIT = 4096;

    private final FieldSection section = new FieldSection();

    private static String verdict(HpackDecoder decoder, String block) {
        FieldSection section = new FieldSection();
        section.beginTrailers(1 << 20);
        ByteBuffer buf = HpackList.hex(block);
        try {
            assertThat(decoder.decode(buf, 0, buf.limit(), true, section)).isEqualTo(buf.limit());
            return "ok";
        } catch (MalformedFrame e) {
            return e.flaw().code();
        }
    }

    @ParameterizedTest(name = "{0} {2}")
    @CsvSource({
        "2.3.3, index 62 in an empty table, be, index",
        "6.1, index 0, 80, index",
        "2.3.3, a name's index 62 in an empty table, 7e 01 61, index",
        "2.3.3, a large index, ff 80 80 04, index",
        "5.1, four octets behind the prefix, ff 80 80 80 00, index",
        "5.1, a fifth octet behind the prefix, ff 80 80 80 80 00, integer",
        "5.1, an integer above 2^28, ff ff ff ff ff 7f, integer",
        "5.1, an unfinished integer, ff 80, block-ends-early",
        "5.2, a length with no string, 40 01 61 05, block-ends-early",
        "5.2, a name without a value, 40 01 61, block-ends-early",
        "5.2, a string longer than the block, 40 01 61 05 62, block-ends-early",
        "5.2, a string longer than any buffer, 40 01 61 7f 80 e0 03, block-too-large",
        "5.2, Huffman padding of 7 ones, 40 01 61 82 f8 7f, ok",
        "5.2, Huffman padding of 0 bits, 40 01 61 81 f8, ok",
        "5.2, Huffman padding with a 0, 40 01 61 81 1e, huffman-padding",
        "5.2, Huffman padding of 8 ones, 40 01 61 82 f8 ff, huffman-padding",
        "5.2, Huffman padding alone, 40 01 61 81 ff, huffman-padding",
        "5.2, Huffman code of the end, 40 01 61 84 ff ff ff ff, huffman-end",
        "5.2, Huffman code of the end in the middle, 40 01 61 85 1f ff ff ff ff, huffman-end",
        "5.2, Huffman name with bad padding, 40 81 1e 01 61, huffman-padding",
        "6.3, a size within the limit, 3f e1 1f, ok",
        "6.3, a size above the limit, 3f e2 1f, table-size",
        "4.2, two sizes before the fields, 20 3f e1 1f 82, ok",
        "4.2, three sizes before the fields, 20 3f e1 1f 20, table-size-late",
        "4.2, a size behind a field, 82 20, table-size-late",
        "4.2, a size behind a literal, 00 01 61 01 62 20, table-size-late",
        "6.2.1, an empty name, 40 00 01 61, ok",
        "6.2.2, an empty value, 00 01 61 00, ok",
        "-, nothing at all, '', ok"
    })
    void judges(String rfc7541, String what, String block, String verdict) {
        assertThat(verdict(new HpackDecoder(LIMIT), block)).as(rfc7541 + what).isEqualTo(verdict);
    }

    @Test
    void keepsTheTableOfAMessageThatIsTooLarge() throws MalformedFrame {
        HpackDecoder decoder = new HpackDecoder(LIMIT);
        section.beginTrailers(100);
        ByteBuffer block =
                HpackList.hex("40 01 61 01 62" + "40 02 63 63 01 64".repeat(4) + "40 01 65 01 66");
        decoder.decode(block, 0, block.limit(), true, section);
        assertThat(section.flaw()).isEqualTo(Flaw.TOO_LARGE);
        assertThat(section.size()).isEqualTo(34 + 4 * 35 + 34);
        assertThat(HpackList.decode(decoder, HpackList.hex("be bf c3")))
                .extracting(HpackList::toString)
                .containsExactly("e: f", "cc: d", "a: b");
    }

    @Test
    void keepsTheTableOfAMalformedMessage() throws MalformedFrame {
        HpackDecoder decoder = new HpackDecoder(LIMIT);
        section.beginRequest(LIMIT, false);
        ByteBuffer block = HpackList.hex("40 01 41 01 62" + "40 01 65 01 66");
        decoder.decode(block, 0, block.limit(), true, section);
        assertThat(section.flaw()).isEqualTo(Flaw.NAME_UPPERCASE);
        section.beginRequest(LIMIT, false);
        decoder.decode(HpackList.hex("be bf"), 0, 2, true, section);
        assertThat(section.flaw()).isEqualTo(Flaw.NAME_UPPERCASE);
    }

    @Test
    void endsTheConnectionOfABomb() {
        HpackDecoder decoder = new HpackDecoder(LIMIT);
        assertThat(verdict(decoder, "40 01 61 7f 80 1e" + "62".repeat(3967))).isEqualTo("ok");
        section.beginRequest(LIMIT, false);
        byte[] references = new byte[16_384];
        Arrays.fill(references, (byte) 0xBE);
        ByteBuffer bomb = HpackList.direct(references);
        assertThatExceptionOfType(MalformedFrame.class)
                .isThrownBy(() -> decoder.decode(bomb, 0, bomb.limit(), true, section))
                .satisfies(e -> assertThat(e.flaw()).isEqualTo(FrameFlaw.BLOCK_TOO_LARGE));
        assertThat(section.size()).isLessThan(17L * LIMIT);
        assertThat(section.text.length).isLessThan(16_384);
    }

    @Test
    void sharesANameWithAnEntryThatIsEvictedForIt() throws MalformedFrame {
        HpackDecoder decoder = new HpackDecoder(64);
        // RFC 7541 section 4.4: the entry whose name is used is the one that must go
        assertThat(HpackList.decode(decoder, HpackList.hex("40 03 616263 14" + "78".repeat(20))))
                .hasSize(1);
        assertThat(HpackList.decode(decoder, HpackList.hex("7e 01 79 be")))
                .extracting(HpackList::toString)
                .containsExactly("abc: y", "abc: y");
    }

    @Test
    void emptiesTheTableForAnEntryLargerThanIt() throws MalformedFrame {
        HpackDecoder decoder = new HpackDecoder(64);
        assertThat(HpackList.decode(decoder, HpackList.hex("40 01 61 01 62"))).hasSize(1);
        assertThat(HpackList.decode(decoder, HpackList.hex("40 01 61 28" + "78".repeat(40))))
                .hasSize(1);
        assertThat(decoder.tableSize()).isZero();
        assertThat(verdict(decoder, "be")).isEqualTo("index");
    }

    @Test
    void evictsWhenTheTableShrinks() throws MalformedFrame {
        HpackDecoder decoder = new HpackDecoder(LIMIT);
        HpackList.decode(decoder, HpackList.hex("40 01 61 01 62 40 01 63 01 64"));
        assertThat(HpackList.decode(decoder, HpackList.hex("3f 03 be")))
                .extracting(HpackList::toString)
                .containsExactly("c: d");
        assertThat(verdict(decoder, "bf")).isEqualTo("index");
        assertThat(decoder.tableSize()).isEqualTo(34);
    }

    @Test
    void encodesWhatItCanDecode() throws MalformedFrame {
        HpackEncoder encoder = new HpackEncoder(LIMIT);
        HpackDecoder decoder = new HpackDecoder(LIMIT);
        List<HpackList> list =
                List.of(
                        new HpackList(":method", "PUT"),
                        new HpackList("x-a", "1"),
                        new HpackList("authorization", "secret", true),
                        new HpackList("", "no name"),
                        new HpackList("x-a", "\u0000\u00ff\r\n"));
        byte[] first = HpackList.encode(encoder, list);
        HpackList.encode(encoder, list);
        assertThat(HpackList.encode(encoder, list)).hasSizeLessThan(first.length / 2);
        assertThat(HpackList.encode(new HpackEncoder(0), List.of())).containsExactly(0x20);
        List<HpackList> plain = list.subList(0, 3);
        encoder = new HpackEncoder(LIMIT);
        for (int i = 0; i < 4; i++) {
            assertThat(
                            HpackList.decode(
                                    decoder, HpackList.direct(HpackList.encode(encoder, plain))))
                    .isEqualTo(plain);
        }
    }

    @Test
    void saysHowTheTableChanges() {
        HpackEncoder encoder = new HpackEncoder(LIMIT);
        assertThat(HpackList.encode(encoder, List.of())).isEmpty();
        encoder.limit(0, 65_536);
        assertThat(HpackList.encode(encoder, List.of())).containsExactly(0x20, 0x3F, 0xE1, 0x1F);
        encoder.limit(100, 100);
        assertThat(HpackList.encode(encoder, List.of())).containsExactly(0x3F, 100 - 31);
        assertThat(HpackList.encode(encoder, List.of())).isEmpty();
    }
}
