package io.proa.proving.transparency;

import io.proa.proving.transparency.Step.Pace;
import java.util.List;
import java.util.Random;

/// What random plays are made of; the same again by the same seed.
final class Chances {
    private final Random random;

    Chances(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int number() {
        return random.nextInt();
    }

    boolean chance(int one, int of) {
        return random.nextInt(of) < one;
    }

    <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /// Sometimes in pieces, a few dozen at most.
    Pace pace(int length) {
        return chance(1, 6)
                ? new Pace(1 + length / (1 + random.nextInt(24)), random.nextInt(3))
                : Pace.FULL;
    }

    int size() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(10);
            case 2, 3 -> random.nextInt(3000);
            case 4 -> 16_384 + random.nextInt(3) - 1;
            default -> random.nextInt(200_000);
        };
    }

    String value() {
        StringBuilder value = new StringBuilder();
        for (int i = chance(1, 8) ? 0 : random.nextInt(30); i > 0; i--) {
            int c = random.nextInt(256);
            value.append(c < ' ' || c == 127 ? ' ' : (char) c);
        }
        return value.toString();
    }

    String letters(String of, int many) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < many; i++) {
            text.append(of.charAt(random.nextInt(of.length())));
        }
        return text.toString();
    }
}
