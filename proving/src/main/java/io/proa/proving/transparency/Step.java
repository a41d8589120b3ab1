package io.proa.proving.transparency;

import java.util.List;

/// One thing that an application does or waits for on a connection. Bytes are given as strings of
/// ISO 8859-1.
sealed interface Step {
    /// How quickly somebody writes or reads.
    ///
    /// @param piece bytes at a time, 0 = all there are
    /// @param restMillis between pieces
    record Pace(int piece, int restMillis) {
        static final Pace FULL = new Pace(0, 0);
    }

    /// Writes.
    record Say(String bytes, Pace pace) implements Step {}

    /// Writes `size` bytes of [Content].
    record Fill(long size, long seed, Pace pace) implements Step {}

    /// Reads one head, whatever it is the head of.
    record HearHead() implements Step {}

    /// Reads the body that the head read last has announced, and its trailers.
    record HearBody(Pace pace) implements Step {}

    /// Reads interim responses, the final one and its body.
    ///
    /// @param method of the request, which decides whether there is a body
    record HearResponse(String method, Pace pace) implements Step {}

    /// Reads as many bytes.
    record HearExactly(long size, Pace pace) implements Step {}

    /// Reads until the other side ends, or is quiet for so long.
    record HearEnd(int quietMillis) implements Step {}

    /// Sends back what comes until the other side ends.
    record Echo() implements Step {}

    /// Does nothing for a while.
    record Rest(int millis) implements Step {}

    /// Ends the own direction (FIN) and goes on reading.
    record EndOutput() implements Step {}

    /// Ends both directions.
    record Close() implements Step {}

    /// Breaks off (RST).
    record Reset() implements Step {}

    /// Does `steps` at the same time as what follows.
    record Aside(List<Step> steps) implements Step {
        public Aside {
            steps = List.copyOf(steps);
        }
    }

    /// On a stream of HTTP/2.
    sealed interface Framed extends Step {}

    /// Sends a field block; a client's first begins the stream.
    ///
    /// @param fields each `name: value`
    /// @param last whether nothing follows
    record SayFields(List<String> fields, boolean last) implements Framed {
        public SayFields {
            fields = List.copyOf(fields);
        }
    }

    /// Sends `size` bytes of [Content].
    record SayData(long size, long seed, Pace pace, boolean last) implements Framed {}

    /// Hears one field block.
    record HearFields() implements Framed {}

    /// Hears as many bytes.
    record HearData(int size) implements Framed {}

    /// Hears interim responses and the final one's head, where none was heard, then the rest of the
    /// message: body and trailers.
    record HearMessage(Pace pace) implements Framed {}

    /// Sends back what comes, until it ends.
    record EchoData() implements Framed {}

    /// Waits until the other side has reset it; what comes before is of no interest.
    record HearReset() implements Framed {}

    /// Resets it.
    record ResetStream(int code) implements Framed {}
}
