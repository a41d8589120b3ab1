package io.proa.proxy;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/// Turns host names into addresses, for applications that leave that to their HTTP proxy. Any
/// thread; never blocks: a loop must not wait for a name server.
@FunctionalInterface
public interface Resolver {
    /// Knows no name.
    Resolver NONE = (_, answer) -> answer.accept(List.of());

    /// @param host as the application wrote it, in lower case
    /// @param answer told once, on any thread, also before this returns; empty = no address
    void resolve(String host, Consumer<List<InetAddress>> answer);
}
