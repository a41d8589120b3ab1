package io.proa.app;

/// What is done when a signal ends this process, for as long as there is something to do.
public final class SignalHook {
    private final Thread hook;

    private SignalHook(Thread hook) {
        this.hook = hook;
    }

    /// @param end run in a thread of its own; this process ends when it returns
    /// @throws IllegalStateException where a signal is ending this process already
    public static SignalHook set(Runnable end) {
        Thread hook = Thread.ofPlatform().name("signal").unstarted(end);
        Runtime.getRuntime().addShutdownHook(hook);
        return new SignalHook(hook);
    }

    /// @return false where a signal came first: it is being done
    public boolean remove() {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            return false;
        }
    }
}
