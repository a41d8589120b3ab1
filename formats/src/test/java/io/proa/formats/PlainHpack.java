package io.proa.formats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A second reader of HPACK, made of lists, strings and bits as RFC 7541 describes them, and as
/// slow as that is. Refuses by an IllegalArgumentException, with what is stricter here than the RFC
/// asks.
public final class PlainHpack {
    /// A field as it was sent.
    public record Line(String name, String value) {}

    private static final int STATIC = 61;
    private static final int LONGEST_STRING = 60 * 1024;
    private static final Map<String, Integer> CODES = codes();

    private final int setting;
    private final List<HpackList> table = new ArrayList<>();
    private int limit;
    private byte[] block = {};
    private int at;

    public PlainHpack(int setting) {
        this.setting = setting;
        this.limit = setting;
    }

    private static Map<String, Integer> codes() {
        Map<String, Integer> codes = new HashMap<>();
        for (int symbol = 0; symbol < 256; symbol++) {
            byte[] text = {(byte) symbol};
            java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(8);
            Huffman.encode(text, 0, 1, out, 0);
            String bits = String.format("%32s", Integer.toBinaryString(out.getInt(0)));
            codes.put(bits.replace(' ', '0').substring(0, bitsOf(text)), symbol);
        }
        return codes;
    }

    /// A code's length: as many bits as eight of them are octets.
    private static int bitsOf(byte[] one) {
        byte[] eight = new byte[8];
        java.util.Arrays.fill(eight, one[0]);
        return Huffman.encodedLength(eight, 0, 8);
    }

    /// The fields of one block.
    public List<Line> lines(byte[] bytes) {
        return decode(bytes).stream().map(f -> new Line(f.name(), f.value())).toList();
    }

    List<HpackList> decode(byte[] bytes) {
        block = bytes;
        at = 0;
        int sizes = 0;
        List<HpackList> list = new ArrayList<>();
        while (at < block.length) {
            int b = block[at] & 0xFF;
            if (b >= 0x80) {
                list.add(plain(entry(integer(7))));
            } else if (b >= 0x40) {
                HpackList field = literal(6, false);
                list.add(field);
                add(field);
            } else if (b >= 0x20) {
                refuseIf(++sizes > 2 || !list.isEmpty());
                limit = integer(5);
                refuseIf(limit > setting);
                evict();
            } else {
                list.add(literal(4, b >= 0x10));
            }
        }
        return list;
    }

    private static HpackList plain(HpackList field) {
        return new HpackList(field.name(), field.value());
    }

    private static void refuseIf(boolean wrong) {
        if (wrong) {
            throw new IllegalArgumentException();
        }
    }

    private int next() {
        refuseIf(at >= block.length);
        return block[at++] & 0xFF;
    }

    private int integer(int bits) {
        int mask = (1 << bits) - 1;
        long value = next() & mask;
        if (value < mask) {
            return (int) value;
        }
        for (int i = 0; ; i++) {
            refuseIf(i > 3);
            int b = next();
            value += (b & 0x7FL) << 7 * i;
            if (b < 0x80) {
                return (int) value;
            }
        }
    }

    private HpackList entry(int index) {
        refuseIf(index < 1 || index > STATIC + table.size());
        if (index > STATIC) {
            return table.get(index - STATIC - 1);
        }
        String line =
                new String(
                        StaticTable.TEXT,
                        StaticTable.start(index),
                        StaticTable.valueEnd(index) - StaticTable.start(index),
                        StandardCharsets.US_ASCII);
        int colon = line.indexOf(':', 1);
        return new HpackList(line.substring(0, colon), line.substring(colon + 2));
    }

    private HpackList literal(int bits, boolean never) {
        int index = integer(bits);
        String name = index == 0 ? string() : entry(index).name();
        return new HpackList(name, string(), never);
    }

    private String string() {
        refuseIf(at >= block.length);
        boolean coded = block[at] < 0;
        int length = integer(7);
        refuseIf(length > LONGEST_STRING || length > block.length - at);
        byte[] text = new byte[length];
        System.arraycopy(block, at, text, 0, length);
        at += length;
        return new String(coded ? decoded(text) : text, StandardCharsets.ISO_8859_1);
    }

    private static byte[] decoded(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < text.length * 8; i++) {
            code.append(text[i / 8] >> 7 - i % 8 & 1);
            Integer symbol = CODES.get(code.toString());
            if (symbol != null) {
                out.write(symbol);
                code.setLength(0);
            }
            refuseIf(code.length() == 30);
        }
        refuseIf(code.length() > 7 || code.indexOf("0") >= 0);
        return out.toByteArray();
    }

    private void add(HpackList field) {
        table.addFirst(new HpackList(field.name(), field.value()));
        evict();
    }

    private void evict() {
        while (table.stream().mapToInt(HpackList::size).sum() > limit) {
            table.removeLast();
        }
    }
}
