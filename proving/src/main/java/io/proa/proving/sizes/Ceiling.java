package io.proa.proving.sizes;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// More opaque streams than the sidecars' heap has room for.
final class Ceiling {
    static final List<String> HEADINGS =
            List.of(
                    "tried",
                    "served",
                    "refused",
                    "logged as shed",
                    "served again",
                    "new requests answered",
                    "heap MiB after collection, caller",
                    "callee");
    private static final int TRIED = 5000;
    private static final int REQUESTS = 20;
    private static final int PATIENCE_MILLIS = 5000;

    private final MeshedPair pair;

    Ceiling(MeshedPair pair) {
        this.pair = pair;
    }

    Finding run() throws IOException {
        List<Socket> served = new ArrayList<>();
        try {
            for (int i = 0; i < TRIED; i++) {
                Socket socket = MeshedPair.open(pair.streamDoor());
                socket.setSoTimeout(PATIENCE_MILLIS);
                if (asked(socket, Exchange::line)) {
                    served.add(socket);
                } else {
                    socket.close();
                }
            }
            int again = 0;
            for (Socket socket : served) {
                again += asked(socket, Exchange::line) ? 1 : 0;
            }
            return finding(served.size(), again, requests());
        } finally {
            for (Socket socket : served) {
                socket.close();
            }
        }
    }

    private int requests() throws IOException {
        int answered = 0;
        for (int i = 0; i < REQUESTS; i++) {
            try (Socket socket = MeshedPair.open(pair.httpDoor())) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                answered += asked(socket, Exchange::request) ? 1 : 0;
            }
        }
        return answered;
    }

    private static boolean asked(Socket socket, Exchange exchange) {
        try {
            exchange.ask(socket, 100);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private Finding finding(int served, int again, int answered) throws IOException {
        List<String> wrong = new ArrayList<>();
        int shed = pair.sidecars().get(0).shed() + pair.sidecars().get(1).shed();
        if (served == TRIED || served == 0) {
            wrong.add(served + " of " + TRIED + " were served");
        }
        if (shed < TRIED - served) {
            wrong.add("of " + (TRIED - served) + " refusals " + shed + " were logged as shed");
        }
        if (again < served) {
            wrong.add("of " + served + " that were served " + again + " were served again");
        }
        if (answered < REQUESTS) {
            wrong.add("of " + REQUESTS + " new requests " + answered + " were answered");
        }
        wrong.add(pair.trouble());
        List<String> row = new ArrayList<>();
        for (long figure :
                new long[] {
                    TRIED,
                    served,
                    TRIED - served,
                    shed,
                    again,
                    answered,
                    pair.sidecars().get(1).mostHeapMib(),
                    pair.sidecars().get(0).mostHeapMib()
                }) {
            row.add(Long.toString(figure));
        }
        return new Finding(row, wrong);
    }
}
