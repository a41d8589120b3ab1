package io.proa.control.intent;

import java.util.Optional;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;

/// Stops reading where collections are nested deeper than any intent.
///
/// The parser below keeps its state on a heap of its own, but whoever makes nodes of its events
/// descends by calling itself: without this bound a file of brackets ends in a stack overflow.
final class BoundedDepth implements Parser {
    /// Of collections within collections; a Fleet needs six.
    static final int MOST = 64;

    private final Parser parser;
    private int depth;

    /// Well-formed, yet refused.
    static final class TooDeep extends MarkedYamlEngineException {
        private static final long serialVersionUID = 1;

        TooDeep(Optional<Mark> at) {
            super("", Optional.empty(), "nested too deep", at);
        }
    }

    BoundedDepth(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public Event next() {
        Event event = parser.next();
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> {
                if (++depth > MOST) {
                    throw new TooDeep(event.getStartMark());
                }
            }
            case MappingEnd, SequenceEnd -> depth--;
            case Alias, Comment, DocumentEnd, DocumentStart, Scalar, StreamEnd, StreamStart -> {}
        }
        return event;
    }
}
