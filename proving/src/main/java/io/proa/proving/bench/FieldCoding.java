package io.proa.proving.bench;

import io.proa.formats.FieldBlocks;
import io.proa.formats.FieldSection;
import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.HpackDecoder;
import io.proa.formats.HpackEncoder;
import io.proa.formats.MalformedFrame;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A request's field block on a connection that has carried some: what repeats is in the tables,
/// and each request has ids and a timeout of its own.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FieldCoding {
    private static final int WARM = 4;
    private static final int ID_DIGITS = 8;
    private static final int MAX_BYTES = 32 * 1024;

    /// Which request.
    @Param({"grpc", "browser"})
    public String message = "grpc";

    private final FieldBlocks blocks = new FieldBlocks();
    private final HeadEdits edits = new HeadEdits();
    private final MessageHead head = new MessageHead();
    private final MessageHead arrived = new MessageHead();
    private final HpackEncoder encoder = new HpackEncoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final HpackDecoder decoder = new HpackDecoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final HpackDecoder coldDecoder = new HpackDecoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final FieldSection section = new FieldSection();
    private final ByteBuffer block = Messages.direct("");
    private final ByteBuffer coldBlock = Messages.direct("");
    private final ByteBuffer out = Messages.direct("");
    private ByteBuffer source = Messages.direct("");
    private int[] ids = {};
    private int turn;

    @Setup
    public void warm() throws MalformedHead, MalformedFrame {
        String text = message.equals("grpc") ? Messages.GRPC_REQUEST : Messages.BROWSER_REQUEST;
        source = Messages.direct(text);
        ids =
                message.equals("grpc")
                        ? new int[] {
                            text.indexOf("00000000u"),
                            text.indexOf("00000000-00f"),
                            text.indexOf("00000000\r")
                        }
                        : new int[] {text.indexOf("2f1c8a7e"), text.indexOf("9d0e0e47")};
        head.parseRequest(source, 0, text.length(), HeadLimits.DEFAULT);
        edits.keepTrailerAllowance();
        blocks.request(head, source, edits, false, new HpackEncoder(0), coldBlock);
        for (int i = 0; i < WARM; i++) {
            renewIds();
            block.clear();
            blocks.request(head, source, edits, false, encoder, block);
            section.beginRequest(MAX_BYTES, false);
            decoder.decode(block, 0, block.position(), true, section);
        }
    }

    private void renewIds() {
        turn++;
        for (int id : ids) {
            for (int i = 0; i < ID_DIGITS; i++) {
                source.put(id + i, (byte) ('0' + (turn >>> 3 * i & 7)));
            }
        }
    }

    @Benchmark
    public long decode() throws MalformedFrame {
        section.beginRequest(MAX_BYTES, false);
        decoder.decode(block, 0, block.position(), true, section);
        return section.size();
    }

    /// All of it is Huffman-coded text.
    @Benchmark
    public long decodeFirst() throws MalformedFrame {
        section.beginRequest(MAX_BYTES, false);
        coldDecoder.decode(coldBlock, 0, coldBlock.position(), true, section);
        return section.size();
    }

    /// To the head that the rest of the sidecar works with.
    @Benchmark
    public int decodeToHead() throws MalformedFrame, MalformedHead {
        section.beginRequest(MAX_BYTES, false);
        decoder.decode(block, 0, block.position(), true, section);
        out.clear();
        section.request(out, arrived, HeadLimits.DEFAULT, false);
        return arrived.headerCount();
    }

    @Benchmark
    public int encode() {
        renewIds();
        out.clear();
        blocks.request(head, source, edits, false, encoder, out);
        return out.position();
    }
}
