package io.proa.host;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/// A server of this machine's own that answers each datagram, for tests.
final class OutsideDatagrams implements AutoCloseable {
    private final DatagramSocket socket;
    final LinkedBlockingQueue<DatagramPacket> seen = new LinkedBlockingQueue<>();

    OutsideDatagrams(InetAddress address, UnaryOperator<byte[]> answers) throws IOException {
        socket = new DatagramSocket(0, address);
        Thread.startVirtualThread(() -> serve(answers));
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve(UnaryOperator<byte[]> answers) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
                socket.receive(packet);
                seen.add(packet);
                byte[] answer = answers.apply(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException _) {
            // closed
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
