package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/// What an application must not be able to do, tried for real; says "did it" where it worked.
final class AttemptMain {
    private static final int PTRACE_SEIZE = 0x4206;

    private AttemptMain() {}

    public static void main(String[] args) throws Exception {
        String said;
        try {
            said = attempt(List.of(args)) ? "did it" : "refused";
        } catch (IOException e) {
            said = "refused: " + e.getMessage();
        }
        System.out.println(said);
    }

    private static boolean attempt(List<String> words) throws IOException {
        switch (words.getFirst()) {
            case "mark" -> {
                try (SocketChannel channel = SocketChannel.open()) {
                    return SocketMark.set(channel);
                }
            }
            case "address" -> {
                try (RouteNetlink links = RouteNetlink.open()) {
                    links.addAddress("lo", Cidr.parse(words.get(1)));
                    return true;
                }
            }
            case "redirect" -> {
                String[] options = words.subList(1, words.size()).toArray(String[]::new);
                return RedirectCommand.run(options, System.out, System.out) == 0;
            }
            case "connect" -> {
                try (SocketChannel _ =
                        SocketChannel.open(UnixDomainSocketAddress.of(Path.of(words.get(1))))) {
                    return true;
                }
            }
            case "reach" -> {
                // An echo request, for whoever may send one.
                return InetAddress.ofLiteral(words.get(1)).isReachable(1000);
            }
            case "trace" -> {
                boolean any = false;
                for (String pid : words.subList(1, words.size())) {
                    any |= trace(Long.parseLong(pid));
                }
                return any;
            }
            default -> throw new IllegalArgumentException(words.toString());
        }
    }

    /// Attaches as a debugger does; ends with this process.
    private static boolean trace(long pid) {
        return CLibrary.call(
                        CLibrary.symbol(Linker.nativeLinker(), "ptrace"),
                        PTRACE_SEIZE,
                        pid,
                        0,
                        0,
                        0)
                == 0;
    }
}
