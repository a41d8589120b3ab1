package io.proa.sidecar;

import io.proa.model.IpPort;
import io.proa.proxy.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The names of a hosts file (hosts(5), read again whenever it has changed), then those of the
/// machine. A few threads of its own do the waiting; where more names are asked for than they and
/// their queue can take, the answer is that there is no address.
final class SystemResolver implements Resolver, AutoCloseable {
    private static final int MOST_THREADS = 4;
    private static final int MOST_WAITING = 256;

    /// What the hosts file said when it was last read.
    private record Hosts(FileTime modified, long size, Map<String, List<InetAddress>> names) {}

    private final @Nullable Path file;
    private final ThreadPoolExecutor threads;
    private volatile @Nullable Hosts hosts;

    /// @param file hosts file; null = none
    SystemResolver(@Nullable Path file) {
        this.file = file;
        this.threads =
                new ThreadPoolExecutor(
                        MOST_THREADS,
                        MOST_THREADS,
                        10,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(MOST_WAITING),
                        task -> {
                            Thread thread = new Thread(null, task, "proa-names", 0);
                            thread.setDaemon(true);
                            return thread;
                        });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void resolve(String host, Consumer<List<InetAddress>> answer) {
        try {
            threads.execute(() -> answer.accept(find(host)));
        } catch (RejectedExecutionException _) {
            answer.accept(List.of());
        }
    }

    private List<InetAddress> find(String host) {
        List<InetAddress> named = names().get(host);
        if (named != null) {
            return named;
        }
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException _) {
            return List.of();
        }
    }

    /// A file that cannot be read now says what it said last.
    private Map<String, List<InetAddress>> names() {
        Hosts known = hosts;
        Map<String, List<InetAddress>> last = known == null ? Map.of() : known.names();
        if (file == null) {
            return last;
        }
        try {
            FileTime modified = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            if (known != null && known.modified().equals(modified) && known.size() == size) {
                return last;
            }
            Map<String, List<InetAddress>> names = parse(Files.readAllLines(file));
            hosts = new Hosts(modified, size, names);
            return names;
        } catch (IOException _) {
            return last;
        }
    }

    static Map<String, List<InetAddress>> parse(List<String> lines) {
        Map<String, List<InetAddress>> names = new HashMap<>();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String[] words =
                    (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
            InetAddress address = words.length < 2 ? null : literal(words[0]);
            for (int i = 1; address != null && i < words.length; i++) {
                names.computeIfAbsent(words[i].toLowerCase(Locale.ROOT), _ -> new ArrayList<>(2))
                        .add(address);
            }
        }
        return names;
    }

    private static @Nullable InetAddress literal(String text) {
        try {
            return IpPort.literal(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
