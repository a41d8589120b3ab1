package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.http2.hpack.HPackException;
import org.apache.hc.core5.util.ByteArrayBuffer;
import org.junit.jupiter.api.Test;

/// Long connections between this HPACK and those of Netty and of Apache HttpComponents, each way,
/// and blocks that have been damaged.
class HpackOtherImplementationsTest {
    private static final int BLOCKS = Integer.getInteger("proa.blocks", 1_000);
    private static final long SEED = Long.getLong("proa.seed", 20_261_123L);
    private static final int TABLE = 4096;

    private static List<HpackList> plain(List<HpackList> list) {
        return list.stream().map(f -> new HpackList(f.name(), f.value())).toList();
    }

    private static List<HpackList> nettyDecodes(DefaultHttp2HeadersDecoder decoder, byte[] block)
            throws Http2Exception {
        List<HpackList> list = new ArrayList<>();
        ByteBuf buf = Unpooled.wrappedBuffer(block);
        for (Map.Entry<CharSequence, CharSequence> field : decoder.decodeHeaders(1, buf)) {
            list.add(new HpackList(text(field.getKey()), text(field.getValue())));
        }
        return list;
    }

    private static String text(CharSequence bytes) {
        AsciiString ascii = AsciiString.of(bytes);
        return new String(
                ascii.array(), ascii.arrayOffset(), ascii.length(), StandardCharsets.ISO_8859_1);
    }

    private static DefaultHttp2HeadersDecoder netty() {
        return new DefaultHttp2HeadersDecoder(false, false, 1 << 20);
    }

    /// Netty groups pseudo-header fields in front; the order of all others stays.
    private static List<HpackList> pseudoFirst(List<HpackList> list) {
        List<HpackList> sorted = new ArrayList<>();
        plain(list).stream().filter(f -> f.name().startsWith(":")).forEach(sorted::add);
        plain(list).stream().filter(f -> !f.name().startsWith(":")).forEach(sorted::add);
        return sorted;
    }

    @Test
    void nettyDecodesWhatIsEncodedHere() throws Http2Exception {
        FieldLists lists = new FieldLists(SEED);
        HpackEncoder encoder = new HpackEncoder(TABLE);
        DefaultHttp2HeadersDecoder decoder = netty();
        for (int i = 0; i < BLOCKS; i++) {
            if (lists.below(50) == 0) {
                int size = lists.below(TABLE + 1);
                decoder.maxHeaderTableSize(size);
                encoder.limit(size, size);
            }
            List<HpackList> list = lists.next();
            byte[] block = HpackList.encode(encoder, list);
            assertThat(pseudoFirst(nettyDecodes(decoder, block)))
                    .as("block %s of seed %s", i, SEED)
                    .isEqualTo(pseudoFirst(list));
        }
    }

    @Test
    void decodesWhatNettyEncodes() throws Http2Exception, MalformedFrame {
        FieldLists lists = new FieldLists(SEED + 1);
        HpackDecoder decoder = new HpackDecoder(TABLE);
        DefaultHttp2HeadersEncoder encoder =
                new DefaultHttp2HeadersEncoder((name, _) -> "authorization".contentEquals(name));
        for (int i = 0; i < BLOCKS; i++) {
            if (lists.below(50) == 0) {
                encoder.maxHeaderTableSize(lists.below(TABLE + 1));
            }
            Http2Headers headers = new DefaultHttp2Headers(false);
            for (HpackList field : lists.next()) {
                headers.add(
                        new AsciiString(Bytes.of(field.name())),
                        new AsciiString(Bytes.of(field.value())));
            }
            List<HpackList> list = new ArrayList<>();
            for (Map.Entry<CharSequence, CharSequence> field : headers) {
                String name = text(field.getKey());
                list.add(new HpackList(name, text(field.getValue()), name.equals("authorization")));
            }
            ByteBuf out = Unpooled.buffer();
            encoder.encodeHeaders(1, headers, out);
            byte[] block = Arrays.copyOf(out.array(), out.readableBytes());
            assertThat(HpackList.decode(decoder, HpackList.direct(block)))
                    .as("block %s of seed %s", i, SEED)
                    .isEqualTo(list);
        }
        encoder.close();
    }

    private static List<HpackList> apacheDecodes(HPackDecoder decoder, byte[] block)
            throws HPackException {
        List<HpackList> list = new ArrayList<>();
        for (Header field : decoder.decodeHeaders(ByteBuffer.wrap(block))) {
            list.add(new HpackList(field.getName(), field.getValue(), field.isSensitive()));
        }
        return list;
    }

    @Test
    void apacheDecodesWhatIsEncodedHere() throws HPackException {
        FieldLists lists = new FieldLists(SEED + 2);
        HpackEncoder encoder = new HpackEncoder(TABLE);
        HPackDecoder decoder = new HPackDecoder(TABLE, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < BLOCKS; i++) {
            List<HpackList> list = lists.next();
            byte[] block = HpackList.encode(encoder, list);
            assertThat(apacheDecodes(decoder, block))
                    .as("block %s of seed %s", i, SEED)
                    .isEqualTo(list);
        }
    }

    @Test
    void decodesWhatApacheEncodes() throws CharacterCodingException, MalformedFrame {
        FieldLists lists = new FieldLists(SEED + 3);
        HpackDecoder decoder = new HpackDecoder(TABLE);
        HPackEncoder encoder = new HPackEncoder(TABLE, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < BLOCKS; i++) {
            if (lists.below(50) == 0) {
                encoder.setMaxTableSize(lists.below(TABLE + 1));
            }
            List<HpackList> list = lists.next();
            List<Header> headers = new ArrayList<>();
            for (HpackList field : list) {
                headers.add(new BasicHeader(field.name(), field.value(), field.never()));
            }
            ByteArrayBuffer out = new ByteArrayBuffer(1024);
            if (!list.isEmpty()) {
                encoder.encodeHeaders(out, headers, true);
            }
            assertThat(HpackList.decode(decoder, HpackList.direct(out.toByteArray())))
                    .as("block %s of seed %s", i, SEED)
                    .isEqualTo(list);
        }
    }

    /// A block that has been damaged reads as the same fields or is refused; where this decoder is
    /// stricter, the flaw is one of those that say so.
    @Test
    void agreesWithNettyOnDamagedBlocks() {
        FieldLists lists = new FieldLists(SEED + 4);
        Random random = new Random(SEED);
        int accepted = 0;
        for (int i = 0; i < BLOCKS * 4; i++) {
            HpackEncoder encoder = new HpackEncoder(TABLE);
            DefaultHttp2HeadersDecoder other = netty();
            HpackDecoder decoder = new HpackDecoder(TABLE);
            boolean alive = true;
            for (int n = 0; n < 3 && alive; n++) {
                byte[] block = HpackList.encode(encoder, lists.next());
                if (n > 0 && block.length > 0) {
                    block[random.nextInt(block.length)] ^= (byte) (1 << random.nextInt(8));
                }
                List<HpackList> theirs = null;
                try {
                    theirs = nettyDecodes(other, block);
                } catch (Http2Exception | RuntimeException _) {
                    // refused, in whatever way
                }
                try {
                    List<HpackList> ours = HpackList.decode(decoder, HpackList.direct(block));
                    if (theirs == null
                            || theirs.stream().noneMatch(f -> f.name().indexOf(':') > 0)) {
                        // the list here is taken from lines, where such a name cannot be told
                        assertThat(theirs == null ? null : pseudoFirst(theirs))
                                .as("case %s of seed %s", i, SEED)
                                .isEqualTo(pseudoFirst(ours));
                    }
                    accepted++;
                } catch (MalformedFrame e) {
                    alive = false;
                    assertThat(theirs == null || isStricter(e.flaw()))
                            .as("case %s of seed %s: %s", i, SEED, e.flaw())
                            .isTrue();
                }
            }
        }
        assertThat(accepted).isGreaterThan(BLOCKS);
    }

    private static boolean isStricter(FrameFlaw flaw) {
        return flaw == FrameFlaw.TABLE_SIZE_LATE || flaw == FrameFlaw.INTEGER;
    }
}
