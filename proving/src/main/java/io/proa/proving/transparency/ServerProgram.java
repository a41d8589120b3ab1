package io.proa.proving.transparency;

import io.proa.proving.http2.Http2End;
import io.proa.proving.http2.Http2Stream;
import io.proa.proving.http2.Http2Stream.Heard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The server: answers by the play that is on.
final class ServerProgram {
    private static final int WAIT_MILLIS = 8000;

    /// When the client has done its part, what has not come by then will not come.
    private static final int LATE_MILLIS = 300;

    private static final int BACKLOG = 256;

    private final Set<Wire> connections = ConcurrentHashMap.newKeySet();
    private volatile Performance performance = new Performance(Play.http("nothing"));

    /// One play while it is on.
    private static final class Performance {
        final Play play;
        private final List<List<Event>> lanes = new ArrayList<>();
        private int next;
        private int under;

        Performance(Play play) {
            this.play = play;
        }

        /// The steps for what comes next.
        ///
        /// @param lane the request's own, or null
        synchronized Turn turn(@Nullable String lane) {
            int number = lane == null ? next++ : Integer.parseInt(lane);
            next = lane == null ? next : next + 1;
            under++;
            List<Event> events;
            if (lane == null && !play.stage().stream() && !lanes.isEmpty()) {
                events = lanes.getFirst();
            } else {
                events = Collections.synchronizedList(new ArrayList<>());
                lanes.add(events);
            }
            return number < play.server().size()
                    ? new Turn(play.server().get(number), events)
                    : new Turn(List.of(new Step.Reset()), events);
        }

        synchronized void done() {
            under--;
            notifyAll();
        }

        /// What was seen, when all that was expected has been done.
        synchronized List<List<Event>> lanes() throws InterruptedException {
            long began = System.nanoTime();
            while (under > 0 || next < play.server().size()) {
                long wait = under > 0 ? WAIT_MILLIS : LATE_MILLIS;
                long rest = wait - (System.nanoTime() - began) / 1_000_000;
                if (rest <= 0) {
                    break;
                }
                wait(rest);
            }
            List<List<Event>> copy = new ArrayList<>();
            lanes.forEach(lane -> copy.add(List.copyOf(lane)));
            return copy;
        }
    }

    private record Turn(List<Step> steps, List<Event> events) {}

    void listen() throws IOException {
        for (Play.Stage stage : List.of(Play.Stage.HTTP, Play.Stage.HTTP2, Play.Stage.STREAM)) {
            for (int port : stage.ports()) {
                ServerSocket listener =
                        new ServerSocket(port, BACKLOG, InetAddress.ofLiteral("::"));
                Thread.ofPlatform()
                        .daemon()
                        .name("listens on " + port)
                        .start(() -> accept(listener, stage));
            }
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private void accept(ServerSocket listener, Play.Stage stage) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket, stage));
            }
        } catch (IOException e) {
            System.err.println("accepts no more: " + e.getMessage());
        }
    }

    private void serve(Socket socket, Play.Stage stage) {
        try (Wire wire = new Wire(socket)) {
            connections.add(wire);
            try {
                if (stage.stream()) {
                    stream(wire);
                } else if (stage == Play.Stage.HTTP2) {
                    wire.patience(0);
                    Http2End.serve(
                            socket,
                            stream -> Thread.ofVirtual().start(() -> request(wire, stream)));
                } else {
                    requests(wire);
                }
            } finally {
                connections.remove(wire);
            }
        } catch (IOException _) {
            // Between two messages that is of no interest.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void stream(Wire wire) throws InterruptedException {
        Performance now = performance;
        Turn turn = now.turn(null);
        try {
            turn.events.add(from(wire));
            new Performer(wire, turn.events).perform(turn.steps);
        } finally {
            now.done();
        }
    }

    private void requests(Wire wire) throws IOException, InterruptedException {
        boolean over = false;
        while (!over) {
            wire.patience(0);
            String text = wire.head();
            if (text == null) {
                return;
            }
            wire.usualPatience();
            Event.Head head = Performer.parse(text);
            Performance now = performance;
            Turn turn = now.turn(Performer.value(head, Play.LANE));
            try {
                turn.events.add(from(wire));
                turn.events.add(head);
                Performer performer = new Performer(wire, turn.events);
                performer.heard(head);
                performer.perform(turn.steps);
                over = performer.over();
            } finally {
                now.done();
            }
        }
    }

    /// One stream of HTTP/2.
    private void request(Wire wire, Http2Stream stream) {
        try {
            if (!(stream.hear(0) instanceof Heard.Fields(List<String> fields, boolean last))) {
                return;
            }
            Event.Head head = Http2Performer.head(fields);
            Performance now = performance;
            Turn turn = now.turn(Performer.value(head, Play.LANE));
            try {
                turn.events.add(from(wire));
                Http2Performer performer = new Http2Performer(_ -> stream, turn.events);
                performer.heard(stream, head, last);
                performer.perform(turn.steps);
            } finally {
                now.done();
            }
        } catch (IOException _) {
            // Between two messages that is of no interest.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whom the connection seems to come from.
    private static Event from(Wire wire) {
        InetAddress peer = wire.socket.getInetAddress();
        InetAddress own = wire.socket.getLocalAddress();
        return new Event.Note(
                "from "
                        + (peer.isLoopbackAddress()
                                ? "loopback"
                                : peer.equals(own) ? "itself" : "another pod"));
    }

    /// From now on this play is on.
    void begin(Play play) throws IOException {
        performance = new Performance(play);
        if (play.fresh()) {
            for (Wire wire : connections) {
                wire.close();
            }
        }
    }

    /// What was seen of it, a list for each connection.
    List<List<Event>> end() throws InterruptedException {
        return performance.lanes();
    }
}
