package io.proa.proving.transparency;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The program in a pod: `Player server|client SOCKET SEED RANDOM`. It is told what to play by a
/// Unix socket, not over the network that is being looked at.
public final class Player {
    private Player() {}

    public static void main(String[] args) throws Exception {
        Repertoire repertoire = new Repertoire(Long.parseLong(args[2]), Integer.parseInt(args[3]));
        ServerProgram server = new ServerProgram();
        ClientProgram client = new ClientProgram();
        if (args[0].equals("server")) {
            server.listen();
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(Path.of(args[1])));
            BufferedReader orders =
                    new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII));
            Writer answers = Channels.newWriter(channel, StandardCharsets.US_ASCII);
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                answer(answers, obey(order.split(" ", -1), repertoire, server, client));
            }
        }
    }

    /// `begin PLAY`, `end`, or `play PLAY PORT IPV6`.
    private static List<List<Event>> obey(
            String[] order, Repertoire repertoire, ServerProgram server, ClientProgram client)
            throws IOException, InterruptedException {
        return switch (order[0]) {
            case "begin" -> {
                server.begin(repertoire.play(Integer.parseInt(order[1])));
                yield List.of();
            }
            case "end" -> server.end();
            case "play" ->
                    client.play(
                            repertoire.play(Integer.parseInt(order[1])),
                            Integer.parseInt(order[2]),
                            Boolean.parseBoolean(order[3]));
            default -> throw new IllegalArgumentException("no order: " + order[0]);
        };
    }

    private static void answer(Writer answers, List<List<Event>> lanes) throws IOException {
        StringBuilder text = new StringBuilder();
        for (List<Event> lane : lanes) {
            text.append("lane\n");
            lane.forEach(event -> text.append(event.encode()).append('\n'));
        }
        answers.write(text.append(".\n").toString());
        answers.flush();
    }
}
