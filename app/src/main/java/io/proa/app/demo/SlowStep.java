package io.proa.app.demo;

import io.proa.app.fleet.Progress;
import java.time.Duration;
import java.util.function.Supplier;

/// A step that is worth a word only when it takes its time.
final class SlowStep {
    private static final Duration NOTICED = Duration.ofMillis(700);

    private SlowStep() {}

    static <T> T tell(Progress progress, String sentence, Supplier<T> step) {
        Thread speaker =
                Thread.ofVirtual()
                        .name("slow step")
                        .start(() -> {
                            try {
                                Thread.sleep(NOTICED);
                                progress.news(sentence);
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt(); // It was quick.
                            }
                        });
        try {
            return step.get();
        } finally {
            speaker.interrupt();
        }
    }
}
