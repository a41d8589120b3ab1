package io.proa.app.fleet;

import io.proa.app.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The line to the fleet's control plane. One that dies is started again with the same state, so
/// that it comes back as the same authority with the same addresses; the sidecars serve on
/// meanwhile, and whoever asks waits. Safe for use by several threads.
final class ControlLink {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofMillis(10);

    private final FleetSite site;
    private final List<String> command;
    private final Set<String> left = ConcurrentHashMap.newKeySet();
    private volatile ControlProcess current;
    private volatile @Nullable ControlProcess coming;
    private final AtomicInteger restarts = new AtomicInteger();
    private volatile boolean stopping;

    private ControlLink(FleetSite site, List<String> command, ControlProcess current) {
        this.site = site;
        this.command = command;
        this.current = current;
    }

    /// What a control plane is started with.
    ///
    /// @param intent files and folders of documents
    /// @param options added to its command line
    /// @param kept whether one that dies is started again
    record Order(List<Path> intent, List<String> options, boolean kept) {}

    /// Starts a control plane and waits until it serves.
    static ControlLink start(FleetSite site, Order order) throws IOException {
        List<String> command = command(site, order);
        ControlProcess first =
                ControlProcess.begin(command, site.run().log("control"), site.progress());
        ControlLink link = new ControlLink(site, command, first);
        // Before it is ready: whoever breaks the start off waits for its end, too.
        site.teardown().add("control plane", link::stop);
        first.awaitReady();
        if (order.kept()) {
            Thread.ofVirtual().name("control plane's life").start(link::keep);
        }
        return link;
    }

    private static List<String> command(FleetSite site, Order order) {
        List<String> command = new ArrayList<>();
        command.add("setsid"); // a Ctrl-C in the terminal is the launcher's alone, which then ends
        // everything in order
        command.add(site.installation().program("proa").toString());
        command.addAll(List.of("control", "--operator"));
        for (Path path : order.intent()) {
            command.addAll(List.of("--intent", path.toAbsolutePath().toString()));
        }
        command.addAll(List.of("--socket", site.run().controlSocket().toString()));
        command.addAll(List.of("--state", site.run().path().resolve("control").toString()));
        command.addAll(order.options());
        return command;
    }

    /// A single-use token by which the pod's sidecar proves which pod it is.
    String token(String pod) throws IOException {
        String answer = ask("token " + pod);
        String expected = "token " + pod + " ";
        if (!answer.startsWith(expected)) {
            throw new IOException("the control plane gave no token for " + pod + ": " + answer);
        }
        return answer.substring(expected.length());
    }

    /// Has nobody sent to the pod any more; done when the sidecars know. Without a control plane
    /// they learn it from the pod's own, by refused connections.
    void leave(String pod) {
        tell("leave " + pod);
        left.add(pod);
    }

    /// Undoes [#leave], where that was said.
    void back(String pod) {
        if (left.remove(pod)) {
            tell("return " + pod);
        }
    }

    /// Has a service as it was before the fleet's documents last changed, until they change again.
    ///
    /// @return false where that cannot be had
    boolean keep(String service) {
        try {
            return ask("keep " + service).equals("kept " + service);
        } catch (IOException | Fault _) {
            return false;
        }
    }

    private void tell(String line) {
        try {
            ask(line);
        } catch (IOException | Fault _) {
            // One that is started anew has forgotten who was leaving.
        }
    }

    /// What came of reading the intent anew.
    ///
    /// @param rejected what is wrong where nothing of it is in use, and all stays as it was
    /// @param kept what is wrong with the fleet's own documents, whose last good texts are in use
    ///   together with those of programs that have joined
    record Reloaded(List<String> rejected, List<String> kept) {
        boolean isAllInUse() {
            return rejected.isEmpty() && kept.isEmpty();
        }
    }

    /// Has the intent read anew.
    Reloaded reload() throws IOException {
        return reloaded(ask("reload"));
    }

    static Reloaded reloaded(String answer) {
        try {
            if (answer.startsWith("reloaded ")) {
                return new Reloaded(List.of(), problems(answer));
            }
            if (answer.startsWith("rejected ")) {
                return new Reloaded(problems(answer), List.of());
            }
            return new Reloaded(List.of(answer), List.of());
        } catch (JacksonException _) {
            return new Reloaded(List.of(answer), List.of());
        }
    }

    private static List<String> problems(String answer) {
        List<String> problems = new ArrayList<>();
        JsonMapper.shared()
                .readTree(answer.substring(answer.indexOf(' ')))
                .path("problems")
                .forEach(problem -> problems.add(problem.asString()));
        return problems;
    }

    /// The fleet in use, with its addresses.
    AddressView fleet() throws IOException {
        String answer = ask("fleet");
        String expected = "fleet ";
        if (!answer.startsWith(expected)) {
            throw new IOException("the control plane does not know its fleet: " + answer);
        }
        return AddressView.parse(answer.substring(expected.length()));
    }

    /// One command, one line as its answer; where the control plane dies over it, its successor is
    /// asked once more.
    String ask(String line) throws IOException {
        ControlProcess asked = alive();
        try {
            return asked.ask(line);
        } catch (IOException | Fault e) {
            if (stopping || site.closing() || !Waiting.until(() -> gone(asked), STEP, PATIENCE)) {
                throw e;
            }
            return alive().ask(line);
        }
    }

    private boolean gone(ControlProcess asked) {
        return !asked.isAlive();
    }

    private ControlProcess alive() throws IOException {
        if (!Waiting.until(() -> stopping || site.closing() || current.isAlive(), STEP, PATIENCE)) {
            throw new IOException(
                    "there has been no control plane for "
                            + PATIENCE.toSeconds()
                            + " s; see "
                            + site.run().log("control"));
        }
        return current;
    }

    long pid() {
        return current.pid();
    }

    int restarts() {
        return restarts.get();
    }

    private void keep() {
        RestartPause pauses = new RestartPause();
        try {
            while (true) {
                int code = current.end();
                Duration lived = current.lived();
                do {
                    Thread.sleep(pauses.after(lived)); // a fleet that ends says so meanwhile
                    lived = Duration.ZERO;
                } while (!stopping && !site.closing() && !isBack(code));
                if (stopping || site.closing()) {
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param code how the last one ended
    private boolean isBack(int code) throws InterruptedException {
        String ended =
                "the control plane ended with exit code "
                        + code
                        + "; the sidecars serve on with what they have";
        try {
            ControlProcess next =
                    ControlProcess.begin(command, site.run().log("control"), site.progress());
            coming = next;
            if (stopping || site.closing()) {
                next.stop();
                return true;
            }
            next.awaitReady();
            current = next;
            restarts.incrementAndGet();
            if (stopping || site.closing()) {
                next.stop();
            } else {
                site.progress().news(ended + ", and it is back");
            }
            return true;
        } catch (IOException | Fault e) {
            if (!stopping && !site.closing()) {
                site.progress().news(ended + ", and it does not come back: " + e.getMessage());
            }
            return false;
        }
    }

    private void stop() throws IOException, InterruptedException {
        stopping = true;
        current.stop();
        ControlProcess next = coming;
        if (next != null) {
            next.stop();
        }
    }
}
