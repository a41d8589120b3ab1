package io.proa.proving.sizes;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// More bytes than anybody could keep, through both sidecars, every one of them compared.
final class Volume {
    static final List<String> HEADINGS =
            List.of(
                    "MiB",
                    "as",
                    "seconds",
                    "MiB/s",
                    "resident MiB of the caller's sidecar: first, most, last",
                    "of the callee's");

    /// What buffers and the kernel's pages may add.
    private static final double MOST_GROWTH_MIB = 8;

    private static final long WARMING = 256L << 20;

    private final MeshedPair pair;

    Volume(MeshedPair pair) {
        this.pair = pair;
    }

    /// @param kind `stream` or `http`
    Finding run(String kind, long bytes) throws IOException, InterruptedException {
        Exchange exchange = kind.equals("stream") ? Exchange::line : Exchange::request;
        int door = kind.equals("stream") ? pair.streamDoor() : pair.httpDoor();
        List<String> wrong = new ArrayList<>();
        try (Socket warming = MeshedPair.open(door)) {
            exchange.ask(warming, Math.min(bytes, WARMING));
        }
        try (Socket socket = MeshedPair.open(door);
                Growth growth = new Growth(pair.sidecars())) {
            socket.setSoTimeout(20_000);
            long began = System.nanoTime();
            try {
                exchange.ask(socket, bytes);
            } catch (IOException e) {
                wrong.add(e.getMessage());
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            double grown = growth.mostMib();
            if (grown > MOST_GROWTH_MIB) {
                wrong.add("memory grew by " + Crowd.figure(grown) + " MiB");
            }
            String trouble = pair.trouble();
            if (!trouble.isEmpty()) {
                wrong.add(trouble);
            }
            List<String> row = new ArrayList<>();
            row.add(Long.toString(bytes >> 20));
            row.add(kind.equals("stream") ? "one opaque stream" : "one response body");
            row.add(Crowd.figure(seconds));
            row.add(Long.toString(Math.round((bytes >> 20) / seconds)));
            row.addAll(growth.cells());
            return new Finding(row, wrong);
        }
    }
}
