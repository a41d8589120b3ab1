package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What RFC 9113 asks of single frames, one line for each rule.
class FrameHeadTest {
    private static final int LIMIT = FrameHead.SMALLEST_MAX_FRAME_SIZE;

    private final FrameHead head = new FrameHead();

    private String verdict(String frame, int openBlock) {
        ByteBuffer buf = HpackList.hex("ffffff" + frame);
        try {
            head.read(buf, 3);
            head.check(LIMIT, openBlock);
            head.readPayload(buf, 3 + FrameHead.LENGTH);
            if (head.type() == FrameType.SETTINGS && !head.isAck()) {
                new Http2Settings().take(buf, head.contentStart(), head.contentEnd(), true);
            }
            return "ok";
        } catch (MalformedFrame e) {
            return e.flaw().code();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "4.1, reserved bit is ignored, 000000 00 00 80000001, ok",
        "4.1, unknown flags are ignored, 000000 00 f6 00000001, ok",
        "4.1, unknown type, 000001 fa ff 00000000 61, ok",
        "4.1, unknown type on a stream, 000001 0a ff 00000003 61, ok",
        "4.2, at the limit, 004000 00 00 00000001, ok",
        "4.2, above the limit, 004001 00 00 00000001, frame-too-large",
        "4.2, unknown type above the limit, 004001 fa 00 00000001, frame-too-large",
        "6.1, DATA on the connection, 000000 00 00 00000000, frame-on-connection",
        "6.1, padding to the last byte, 000003 00 08 00000001 02 0000, ok",
        "6.1, padding as long as the payload, 000003 00 08 00000001 03 0000, padding",
        "6.1, padded and empty, 000000 00 08 00000001, frame-length",
        "6.2, HEADERS on the connection, 000000 01 04 00000000, frame-on-connection",
        "6.2, no room for priority, 000004 01 24 00000001 00000000, frame-length",
        "6.2, no room for padding and priority, 000005 01 2c 00000001 0000000000, frame-length",
        "6.2, padding and priority, 000007 01 2c 00000001 01 00000000 10 00, ok",
        "6.2, padding into priority, 000007 01 2c 00000001 02 00000000 10 00, padding",
        "5.3.1 of RFC 7540, HEADERS depends on itself, 000005 01 24 00000003 00000003 10, priority-itself",
        "6.3, PRIORITY, 000005 02 00 00000003 80000001 10, ok",
        "6.3, PRIORITY on the connection, 000005 02 00 00000000 00000001 10, frame-on-connection",
        "6.3, PRIORITY of 4 bytes, 000004 02 00 00000003 00000001, priority-length",
        "5.3.1 of RFC 7540, PRIORITY depends on itself, 000005 02 00 00000003 80000003 10, priority-itself",
        "6.4, RST_STREAM, 000004 03 00 00000003 00000008, ok",
        "6.4, RST_STREAM on the connection, 000004 03 00 00000000 00000008, frame-on-connection",
        "6.4, RST_STREAM of 5 bytes, 000005 03 00 00000003 0000000800, frame-length",
        "6.5, SETTINGS, 000006 04 00 00000000 0005 00004000, ok",
        "6.5, SETTINGS on a stream, 000000 04 00 00000001, frame-on-stream",
        "6.5, half a setting, 000003 04 00 00000000 000500, frame-length",
        "6.5, acknowledgement, 000000 04 01 00000000, ok",
        "6.5, acknowledgement with settings, 000006 04 01 00000000 0005 00004000, settings-ack",
        "-, 65 settings, 000186 04 00 00000000, settings-many",
        "6.5.2, server pushes, 000006 04 00 00000000 0002 00000001, settings-push",
        "6.5.2, INITIAL_WINDOW_SIZE, 000006 04 00 00000000 0004 7fffffff, ok",
        "6.5.2, INITIAL_WINDOW_SIZE too large, 000006 04 00 00000000 0004 80000000, settings-window",
        "6.5.2, MAX_FRAME_SIZE, 000006 04 00 00000000 0005 00ffffff, ok",
        "6.5.2, MAX_FRAME_SIZE too small, 000006 04 00 00000000 0005 00003fff, settings-frame-size",
        "6.5.2, MAX_FRAME_SIZE too large, 000006 04 00 00000000 0005 01000000, settings-frame-size",
        "6.5.2, unknown setting, 000006 04 00 00000000 00ff ffffffff, ok",
        "3 of RFC 8441, ENABLE_CONNECT_PROTOCOL, 000006 04 00 00000000 0008 00000001, ok",
        "3 of RFC 8441, not a truth value, 000006 04 00 00000000 0008 00000002, settings-connect",
        "3 of RFC 8441, taken back, 00000c 04 00 00000000 0008 00000001 0008 00000000, settings-connect",
        "2.1 of RFC 9218, not a truth value, 000006 04 00 00000000 0009 00000002, settings-priorities",
        "8.4, PUSH_PROMISE, 000005 05 04 00000001 00000002 82, push",
        "6.7, PING, 000008 06 00 00000000 0102030405060708, ok",
        "6.7, PING on a stream, 000008 06 00 00000001 0102030405060708, frame-on-stream",
        "6.7, PING of 6 bytes, 000006 06 00 00000000 010203040506, frame-length",
        "6.8, GOAWAY with a word, 00000a 07 00 00000000 00000003 00000001 6f6b, ok",
        "6.8, GOAWAY on a stream, 000008 07 00 00000001 00000003 00000001, frame-on-stream",
        "6.8, GOAWAY of 7 bytes, 000007 07 00 00000000 00000003 000000, frame-length",
        "6.9, WINDOW_UPDATE, 000004 08 00 00000000 80000001, ok",
        "6.9, WINDOW_UPDATE of 3 bytes, 000003 08 00 00000001 000001, frame-length",
        "6.9, nothing for a stream, 000004 08 00 00000001 80000000, window-increment",
        "6.9, nothing for the connection, 000004 08 00 00000000 00000000, window-increment-all",
        "6.10, CONTINUATION without a block, 000001 09 04 00000001 82, continuation-alone",
        "6.10, CONTINUATION on the connection, 000001 09 04 00000000 82, frame-on-connection"
    })
    void judges(String rfc9113, String what, String frame, String verdict) {
        assertThat(verdict(frame, 0)).as(rfc9113 + what).isEqualTo(verdict);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "its continuation, 000001 09 04 00000001 82, ok",
        "another stream's continuation, 000001 09 04 00000003 82, block-interrupted",
        "data, 000000 00 00 00000001, block-interrupted",
        "a ping, 000008 06 00 00000000 0102030405060708, block-interrupted",
        "an unknown frame, 000000 fa 00 00000001, block-interrupted",
        "another block, 000001 01 04 00000001 82, block-interrupted"
    })
    void letsNothingStandWithinABlock(String what, String frame, String verdict) {
        assertThat(verdict(frame, 1)).as(what).isEqualTo(verdict);
    }

    @Test
    void clientsMayAllowPushing() throws MalformedFrame {
        ByteBuffer buf = HpackList.hex("0002 00000001 0001 00000000 0001 00000080");
        Http2Settings settings = new Http2Settings();
        settings.take(buf, 0, buf.limit(), false);
        assertThat(settings.headerTableSize()).isEqualTo(128);
        assertThat(settings.lowestHeaderTableSize()).isZero();
    }

    @Test
    void tellsWhereThePartsLie() throws MalformedFrame {
        ByteBuffer buf = HpackList.hex("00 00000a 01 2d 80000005 02 80000001 10 8286 0000 ff");
        head.read(buf, 1);
        assertThat(head.type()).isEqualTo(FrameType.HEADERS);
        assertThat(head.stream()).isEqualTo(5);
        assertThat(head.length()).isEqualTo(10);
        assertThat(head.needed()).isEqualTo(6);
        head.check(LIMIT, 0);
        head.readPayload(buf, 10);
        assertThat(head.endsStream()).isTrue();
        assertThat(head.endsHeaders()).isTrue();
        assertThat(head.isAck()).isFalse();
        assertThat(head.contentStart()).isEqualTo(16);
        assertThat(head.contentEnd()).isEqualTo(18);
    }

    @Test
    void remainsReadableAfterAFlawOfOneStream() {
        assertThat(verdict("000004 08 00 00000007 00000000", 0)).isEqualTo("window-increment");
        assertThat(head.stream()).isEqualTo(7);
        assertThat(head.length()).isEqualTo(4);
        assertThat(FrameFlaw.WINDOW_INCREMENT.scope()).isEqualTo(FrameFlaw.Scope.STREAM);
    }

    @Test
    void readsWhatIsWritten() throws MalformedFrame {
        ByteBuffer out = ByteBuffer.allocateDirect(400);
        FrameWriter.preface(out);
        assertThat(FrameWriter.beginsPreface(out, 0, out.position())).isTrue();
        assertThat(FrameWriter.beginsPreface(out, 0, 3)).isTrue();
        assertThat(FrameWriter.beginsPreface(out, 1, 3)).isFalse();
        FrameWriter.settings(out, 100, 65_536, 16_384, 32_768, true);
        FrameWriter.settings(out, 0, 65_536, 16_384, 32_768, false);
        FrameWriter.settingsAck(out);
        FrameWriter.ping(out, 0x0102_0304_0506_0708L);
        FrameWriter.windowUpdate(out, 0, 7);
        FrameWriter.reset(out, 3, Http2Error.ENHANCE_YOUR_CALM);
        FrameWriter.dataHead(out, 3, 2, true);
        out.put((byte) 'o').put((byte) 'k');
        FrameWriter.goAway(out, 9, Http2Error.FRAME_SIZE_ERROR, Bytes.of("why"));
        Http2Settings server = new Http2Settings();
        StringBuilder seen = new StringBuilder();
        int at = FrameWriter.prefaceLength();
        while (at < out.position()) {
            head.read(out, at);
            head.check(LIMIT, 0);
            head.readPayload(out, at + FrameHead.LENGTH);
            seen.append(head.type()).append(' ').append(head.stream()).append(' ');
            seen.append(head.contentEnd() - head.contentStart()).append(' ');
            switch (head.type()) {
                case SETTINGS -> server.take(out, head.contentStart(), head.contentEnd(), true);
                case GOAWAY -> {
                    assertThat(head.lastStream()).isEqualTo(9);
                    assertThat(head.error()).isEqualTo(Http2Error.FRAME_SIZE_ERROR);
                }
                case RST_STREAM -> assertThat(head.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
                case WINDOW_UPDATE -> assertThat(head.windowIncrement()).isEqualTo(7);
                case DATA, HEADERS, PRIORITY, PUSH_PROMISE, PING, CONTINUATION, UNKNOWN -> {}
            }
            at += FrameHead.LENGTH + head.length();
        }
        assertThat(seen)
                .hasToString(
                        "SETTINGS 0 30 SETTINGS 0 24 SETTINGS 0 0 PING 0 8 WINDOW_UPDATE 0 4 "
                                + "RST_STREAM 3 4 DATA 3 2 GOAWAY 0 11 ");
        assertThat(server.maxConcurrentStreams()).isEqualTo(100);
        assertThat(server.maxHeaderListSize()).isEqualTo(32_768);
        assertThat(server.connectProtocol()).isTrue();
    }

    @Test
    void cutsALongBlockIntoFrames() throws MalformedFrame {
        for (int length : new int[] {0, 1, 99, 100, 101, 200, 250, 300}) {
            ByteBuffer out = ByteBuffer.allocateDirect(700);
            int begin = 5;
            for (int i = 0; i < length; i++) {
                out.put(begin + FrameHead.LENGTH + i, (byte) i);
            }
            out.position(begin + FrameHead.LENGTH + length);
            FrameWriter.headers(out, begin, 7, true, 100);
            assertThat(out.position() - begin)
                    .isLessThanOrEqualTo(FrameWriter.roomForBlock(length, 100));
            int at = begin;
            int read = 0;
            int open = 0;
            do {
                head.read(out, at);
                head.check(LIMIT, open);
                head.readPayload(out, at + FrameHead.LENGTH);
                assertThat(head.endsStream()).isEqualTo(open == 0);
                for (int i = head.contentStart(); i < head.contentEnd(); i++) {
                    assertThat(out.get(i)).isEqualTo((byte) read++);
                }
                at = head.contentEnd();
                open = 7;
            } while (!head.endsHeaders());
            assertThat(read).isEqualTo(length);
            assertThat(at).isEqualTo(out.position());
        }
    }
}
