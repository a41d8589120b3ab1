package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.SignalHook;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.fleet.LastNote;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A launcher in the foreground: shows what happens until the fleet is over or a signal comes.
final class Foreground {
    private static final Duration STEP = Duration.ofMillis(150);
    private static final int LOOKS_PER_TABLE = 7;

    /// For what the programs wrote last, should nobody read standard output any more.
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Launcher.Order order;
    private final UpStory story;
    private final Teardown teardown = new Teardown();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final LogFollower logs;
    private volatile @Nullable Launcher launcher;

    Foreground(Launcher.Order order, Terminal terminal) {
        this.order = order;
        this.story = new UpStory(order.plan(), terminal, System.out, System.err);
        this.logs = new LogFollower(story::wrote);
    }

    Sysexit run() {
        SignalHook hook = SignalHook.set(this::endFromOutside);
        SecondInterrupt.endsAtOnce(this::endAtOnce);
        try (teardown) {
            return play();
        } catch (Fault fault) {
            if (interrupted.getCount() > 0) {
                story.failed(fault, teardown);
            }
            return fault.exit();
        } catch (RuntimeException e) {
            if (interrupted.getCount() == 0) {
                return Sysexit.OK; // the failure of a start that was broken off is no news
            }
            throw e;
        } finally {
            teardown.close();
            hook.remove();
        }
    }

    private Sysexit play() {
        Launcher started = Launcher.start(order, teardown, new Told());
        launcher = started;
        story.started(Published.lines(order.plan()));
        try {
            boolean seen = watch(started);
            story.ending(why(started, seen));
            end();
            story.ended(teardown.failures());
            return seen && started.end() == Launcher.End.LOST
                    ? Sysexit.UNAVAILABLE
                    : seen ? Sysexit.OK : Sysexit.IO;
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, "a log cannot be read: " + e.getMessage(), "");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Sysexit.OK;
        }
    }

    private static String why(Launcher launcher, boolean seen) {
        if (!seen) {
            return "nobody reads standard output any more; ";
        }
        return switch (launcher.end()) {
            case DOWN -> "proa down was called; ";
            case FINISHED -> "every program has ended; ";
            case LOST -> "the fleet's network has gone; ";
        };
    }

    /// @return false when nobody can see it any more
    private boolean watch(Launcher launcher) throws IOException, InterruptedException {
        int looks = 0;
        boolean seen = true;
        while (seen && interrupted.getCount() > 0 && !launcher.awaitEnd(STEP)) {
            if (showNew(launcher) || looks++ % LOOKS_PER_TABLE == 0) {
                seen = story.show(table(launcher));
            }
        }
        if (interrupted.getCount() == 0) {
            Thread.sleep(Duration.ofDays(1)); // the hook ends this process
        }
        return seen;
    }

    /// @return whether a program has written something
    private boolean showNew(Launcher launcher) throws IOException {
        synchronized (logs) {
            follow(launcher);
            return logs.look();
        }
    }

    private void follow(Launcher launcher) throws IOException {
        for (RunningPod pod : launcher.fleet().pods()) {
            if (launcher.hasLog(pod.name())) {
                logs.follow(pod.name(), launcher.fleet().appLog(pod.name()), Integer.MAX_VALUE);
            }
        }
    }

    /// Ends it all, and shows what the programs write until then: they have their reasons.
    private void end() {
        Launcher ended = launcher;
        if (ended != null) {
            bounded(() -> {
                synchronized (logs) {
                    follow(ended);
                }
            });
        }
        teardown.close();
    }

    /// What is done while reading logs and writing to standard output.
    @FunctionalInterface
    private interface Showing {
        void show() throws IOException;
    }

    /// In a thread of its own: whoever does not read standard output does not keep all of it from
    /// ending.
    private static void bounded(Showing showing) {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                showing.show();
                            } catch (IOException _) {
                                // A log that cannot be read is not shown.
                            }
                        });
        try {
            thread.join(LAST_WORDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The story, and the logs before they go.
    private final class Told implements Progress {
        @Override
        public void step(String done) {
            story.step(done);
        }

        @Override
        public void news(String sentence) {
            story.news(sentence);
        }

        @Override
        public void programsEnded() {
            bounded(() -> {
                synchronized (logs) {
                    logs.look();
                    logs.finish();
                }
            });
        }
    }

    private static List<String> table(Launcher launcher) {
        JsonNode report = JsonMapper.shared().valueToTree(launcher.report());
        return new PsTable(false, false, false).lines(List.of(report));
    }

    private void endAtOnce() {
        LastNote.end(
                order.fleets().base(),
                order.plan().name(),
                "a second Ctrl-C ended its launcher at once");
        System.err.println("proa: ended at once; the next proa command removes the fleet's files");
    }

    private void endFromOutside() {
        interrupted.countDown();
        story.ending("");
        end();
        story.ended(teardown.failures());
    }
}
