package io.proa.proving.transparency;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a client and a server do with each other.
///
/// @param name says what it is about
/// @param stage what the connection is for
/// @param client the steps on each of the client's connections, which are made at the same time; of
///   HTTP/2 on each of its streams, on one connection
/// @param server the steps after each request's head that has come; of a stream, from its start.
///   Where there are several connections each request names its own in the field [#LANE]
/// @param expected what is allowed to differ, beside what may differ everywhere
/// @param fresh whether the server first ends whatever connections it has
/// @param seldom whether it is too long for every day
record Play(
        String name,
        Stage stage,
        List<List<Step>> client,
        List<List<Step>> server,
        Set<Difference> expected,
        boolean fresh,
        boolean seldom) {
    /// The request field that says by which connection it comes, where there are several.
    static final String LANE = "Lane";

    /// What a port is for, and whether the documents say so or the sidecars find out.
    enum Stage {
        HTTP(8080, 8081),
        /// All that a client does at the same time it does on one connection.
        HTTP2(8082, 8083),
        STREAM(9000, 9001),
        /// Only where it is declared; to be found out, it would be taken for something else.
        DECLARED_STREAM(9000, 9000),
        /// Nobody listens there.
        CLOSED_HTTP(8089, 8089),
        CLOSED_STREAM(9009, 9009);

        final int declared;
        final int detected;

        Stage(int declared, int detected) {
            this.declared = declared;
            this.detected = detected;
        }

        boolean stream() {
            return this == STREAM || this == DECLARED_STREAM;
        }

        /// The ports by which it is played beside sidecars.
        List<Integer> ports() {
            return declared == detected ? List.of(declared) : List.of(declared, detected);
        }
    }

    Play {
        client = client.stream().map(List::copyOf).toList();
        server = server.stream().map(List::copyOf).toList();
        expected = Set.copyOf(expected);
    }

    static Play http(String name) {
        return new Play(name, Stage.HTTP, List.of(), List.of(), Set.of(), false, false);
    }

    static Play http2(String name) {
        return new Play(name, Stage.HTTP2, List.of(), List.of(), Set.of(), false, false);
    }

    static Play stream(String name) {
        return new Play(name, Stage.STREAM, List.of(), List.of(), Set.of(), false, false);
    }

    Play on(Stage other) {
        return new Play(name, other, client, server, expected, fresh, seldom);
    }

    /// One more connection of the client's.
    Play client(Step... steps) {
        List<List<Step>> more = new ArrayList<>(client);
        more.add(List.of(steps));
        return new Play(name, stage, more, server, expected, fresh, seldom);
    }

    /// What the server does with the next request, or connection.
    Play server(Step... steps) {
        List<List<Step>> more = new ArrayList<>(server);
        more.add(List.of(steps));
        return new Play(name, stage, client, more, expected, fresh, seldom);
    }

    Play but(Difference first, Difference... others) {
        return new Play(name, stage, client, server, EnumSet.of(first, others), fresh, seldom);
    }

    Play afresh() {
        return new Play(name, stage, client, server, expected, true, seldom);
    }

    Play onlySeldom() {
        return new Play(name, stage, client, server, expected, fresh, true);
    }

    boolean parallel() {
        return client.size() > 1;
    }
}
