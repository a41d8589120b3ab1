package io.proa.app.launcher;

import io.proa.app.fleet.Progress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Passes on what happens, and keeps the latest of it for those who ask later.
final class Events implements Progress {
    private static final int KEPT = 100;

    private final Progress next;
    private final Deque<Event> kept = new ArrayDeque<>();

    /// Something that happened.
    record Event(Instant time, String sentence) {}

    Events(Progress next) {
        this.next = next;
    }

    @Override
    public void step(String done) {
        next.step(done);
    }

    @Override
    public void news(String sentence) {
        synchronized (this) {
            kept.addLast(new Event(Instant.now(), sentence));
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
        next.news(sentence);
    }

    @Override
    public void programsEnded() {
        next.programsEnded();
    }

    /// The oldest first.
    synchronized List<Event> latest() {
        return new ArrayList<>(kept);
    }
}
