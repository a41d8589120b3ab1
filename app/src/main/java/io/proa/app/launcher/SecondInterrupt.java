package io.proa.app.launcher;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/// Ctrl-C once ends in order, twice at once: everything of a fleet ends with its launcher anyway.
final class SecondInterrupt {
    private static final int INTERRUPTED = 130;

    private SecondInterrupt() {}

    /// By reflection, since the only way to hear of a second signal is a class that compilers warn
    /// of; without it a second Ctrl-C waits like the first.
    ///
    /// @param last done before
    static void endsAtOnce(Runnable last) {
        AtomicInteger seen = new AtomicInteger();
        InvocationHandler handle =
                (proxy, method, _) ->
                        switch (method.getName()) {
                            case "handle" -> {
                                if (seen.getAndIncrement() > 0) {
                                    last.run();
                                    Runtime.getRuntime().halt(INTERRUPTED);
                                }
                                Thread.ofPlatform().start(() -> System.exit(INTERRUPTED));
                                yield null;
                            }
                            case "hashCode" -> System.identityHashCode(proxy);
                            case "equals" -> false;
                            default -> "second interrupt";
                        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object fake =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(), new Class<?>[] {handler}, handle);
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, fake);
        } catch (ReflectiveOperationException | IllegalArgumentException _) {
            // As the sentence above says.
        }
    }
}
