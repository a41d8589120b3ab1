package io.proa.proving.transparency;

import java.util.ArrayList;
import java.util.List;

/// All that is played: the fixed plays, then random ones. Both programs and who compares them know
/// a play by its number.
final class Repertoire {
    private final List<Play> fixed = new ArrayList<>();
    private final long seed;
    private final int random;

    /// @param seed of the random plays
    /// @param random how many of them
    Repertoire(long seed, int random) {
        fixed.addAll(BodyPlays.all());
        fixed.addAll(HeadPlays.all());
        fixed.addAll(ConnectionPlays.all());
        fixed.addAll(Http2Plays.all());
        fixed.addAll(StreamPlays.all());
        this.seed = seed;
        this.random = random;
    }

    List<Play> fixed() {
        return List.copyOf(fixed);
    }

    int size() {
        return fixed.size() + random;
    }

    /// @param number from 0 on
    Play play(int number) {
        return number < fixed.size()
                ? fixed.get(number)
                : new RandomPlay(seed, number - fixed.size()).play();
    }
}
