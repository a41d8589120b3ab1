package io.proa.proving.transparency;

import io.proa.proving.http2.Http2End;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// The client: plays against the server of that name.
final class ClientProgram {
    private static final String SERVER = "server";
    private static final int CONNECT_MILLIS = 5000;

    /// Plays all connections at the same time.
    ///
    /// @param ipv6 whether by IPv6, where there is any
    /// @return what each saw
    List<List<Event>> play(Play play, int port, boolean ipv6) throws IOException {
        InetSocketAddress server = new InetSocketAddress(address(ipv6), port);
        if (play.stage() == Play.Stage.HTTP2) {
            return http2(play, server);
        }
        List<Thread> threads = new ArrayList<>();
        List<List<Event>> lanes = new ArrayList<>();
        for (List<Step> steps : play.client()) {
            List<Event> events = new ArrayList<>();
            lanes.add(events);
            threads.add(Thread.ofVirtual().start(() -> play(server, steps, events)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return lanes;
    }

    /// All on one connection.
    private static List<List<Event>> http2(Play play, InetSocketAddress server) throws IOException {
        List<List<Event>> lanes = new ArrayList<>();
        try (Socket socket = new Socket()) {
            socket.connect(server, CONNECT_MILLIS);
            Http2End end = Http2End.client(socket);
            List<Thread> threads = new ArrayList<>();
            for (List<Step> steps : play.client()) {
                List<Event> events = new ArrayList<>();
                lanes.add(events);
                Http2Performer performer =
                        new Http2Performer(
                                fields -> end.open(fields.fields(), fields.last()), events);
                threads.add(Thread.ofVirtual().start(() -> perform(performer, steps)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return lanes;
    }

    private static void perform(Http2Performer performer, List<Step> steps) {
        try {
            performer.perform(steps);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetAddress address(boolean ipv6) throws IOException {
        InetAddress[] all = InetAddress.getAllByName(SERVER);
        for (InetAddress one : all) {
            if (one instanceof Inet6Address == ipv6) {
                return one;
            }
        }
        return all[0];
    }

    private static void play(InetSocketAddress server, List<Step> steps, List<Event> events) {
        try (Socket socket = new Socket()) {
            socket.connect(server, CONNECT_MILLIS);
            try (Wire wire = new Wire(socket)) {
                new Performer(wire, events).perform(steps);
            }
        } catch (ConnectException _) {
            events.add(new Event.Note("refused"));
        } catch (IOException e) {
            events.add(new Event.Note("failed: " + e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
