package io.proa.proving.sizes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A process with many connections: `CrowdMember stream|http PORT COUNT`. Opens them, asks on each
/// once and says `open N`; asks on each again for every line on standard input, and says `answered
/// N`. Ends with its input.
public final class CrowdMember {
    private static final int ANSWER = 100;
    private static final int PATIENCE_MILLIS = 20_000;

    private CrowdMember() {}

    public static void main(String[] args) throws IOException {
        Exchange exchange = args[0].equals("stream") ? Exchange::line : Exchange::request;
        int port = Integer.parseInt(args[1]);
        List<Socket> open = new ArrayList<>();
        for (int i = Integer.parseInt(args[2]); i > 0; i--) {
            try {
                Socket socket = MeshedPair.open(port);
                socket.setSoTimeout(PATIENCE_MILLIS);
                exchange.ask(socket, ANSWER);
                open.add(socket);
            } catch (IOException e) {
                System.out.println("failed " + e.getMessage());
                break;
            }
        }
        System.out.println("open " + open.size());
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (orders.readLine() != null) {
            int answered = 0;
            for (Socket socket : open) {
                try {
                    exchange.ask(socket, ANSWER);
                    answered++;
                } catch (IOException _) {
                    // It is counted by not being counted.
                }
            }
            System.out.println("answered " + answered);
        }
    }
}
