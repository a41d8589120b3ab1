package io.proa.app;

import java.io.IOException;
import java.net.ServerSocket;

/// A service that listens on its port and answers nothing.
final class ListeningProgram {
    private ListeningProgram() {}

    public static void main(String[] args) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(System.getenv("PORT")))) {
            while (server.isBound()) {
                server.accept().close();
            }
        }
    }
}
