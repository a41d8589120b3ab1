package io.proa.proxy;

import io.proa.proxy.loop.Loop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the [Resolver] said lately. A name is asked for once, however many wait for it.
/// Loop-confined.
final class ResolvedNames {
    private static final long KEPT_NANOS = 1_000_000_000L;
    private static final int MOST_KEPT = 1024;

    private record Known(List<InetAddress> addresses, long until) {}

    private final Loop loop;
    private final Resolver resolver;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, List<Consumer<List<InetAddress>>>> waiting = new HashMap<>();

    ResolvedNames(Loop loop, Resolver resolver) {
        this.loop = loop;
        this.resolver = resolver;
    }

    /// @return null where it has to be asked for; empty = there is no address
    @Nullable List<InetAddress> find(String host) {
        Known found = known.get(host);
        return found == null || loop.now() - found.until() > 0 ? null : found.addresses();
    }

    /// Asks; `then` runs on the loop, later.
    void ask(String host, Consumer<List<InetAddress>> then) {
        List<Consumer<List<InetAddress>>> others = waiting.get(host);
        if (others != null) {
            others.add(then);
            return;
        }
        waiting.put(host, new ArrayList<>(List.of(then)));
        resolver.resolve(host, addresses -> loop.execute(() -> answered(host, addresses)));
    }

    private void answered(String host, List<InetAddress> addresses) {
        if (known.size() >= MOST_KEPT) {
            known.clear();
        }
        known.put(host, new Known(addresses, loop.now() + KEPT_NANOS));
        List<Consumer<List<InetAddress>>> due = waiting.remove(host);
        if (due != null) {
            due.forEach(one -> one.accept(addresses));
        }
    }
}
