package io.proa.proving.sizes;

import java.util.ArrayList;
import java.util.List;

/// How much more memory each sidecar has than at first, looked at five times a second.
final class Growth implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;

    private final List<Vitals> sidecars;
    private final long[] first;
    private final long[] most;
    private final Thread thread;
    private volatile boolean closed;

    Growth(List<Vitals> sidecars) {
        this.sidecars = sidecars;
        this.first = sidecars.stream().mapToLong(Vitals::residentKib).toArray();
        this.most = first.clone();
        this.thread = Thread.ofPlatform().daemon().start(this::look);
    }

    private void look() {
        while (!closed) {
            for (int i = 0; i < most.length; i++) {
                most[i] = Math.max(most[i], sidecars.get(i).residentKib());
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// First, most and now, in MiB, of the caller's and then the callee's.
    List<String> cells() {
        List<String> cells = new ArrayList<>();
        for (int i = most.length - 1; i >= 0; i--) {
            cells.add(
                    Crowd.figure(first[i] / 1024.0)
                            + ", "
                            + Crowd.figure(most[i] / 1024.0)
                            + ", "
                            + Crowd.figure(sidecars.get(i).residentKib() / 1024.0));
        }
        return cells;
    }

    /// Of whichever grew more.
    double mostMib() {
        double all = 0;
        for (int i = 0; i < most.length; i++) {
            all = Math.max(all, (most[i] - first[i]) / 1024.0);
        }
        return all;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
