package io.proa.host;

import io.proa.model.IpPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A short-lived process inside a network namespace that does there what it is told, by netlink.
///
/// A JVM never changes its own namespace, so this one is started by `nsenter`. It reads one command
/// per line from standard input, answers each by a line, `ok [VALUE]` or `error SENTENCE`, and ends
/// with its input. Commands: `bridge NAME MAC`, `veth NAME PID MASTER PEER-NAME` (first end to a
/// process' namespace, second here), `up NAME`, `address NAME CIDR`, `route CIDR GATEWAY|- NAME`,
/// `prohibit CIDR`, `redirect OPTIONS...`, `egress PORT ...` (see [EgressRules#words()]),
/// `hand-over PORT ADDRESS:PORT... to PATH` (see [HubSockets]), `outlet to PATH` (see [HubOutlet]),
/// `delete NAME`, `mac NAME MAC`, `host-name NAME`. Likewise `hold redirect OPTIONS...`, rules that
/// end with this process, `let-go`, which turns no further connections but keeps those that were
/// turned, and `drop`.
public final class NamespaceSetup {
    private static final String NOTHING_HELD = "no rules are held";

    private @Nullable NetlinkSocket held;

    private NamespaceSetup() {}

    /// Takes no arguments.
    public static void main(String[] args) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        NamespaceSetup setup = new NamespaceSetup();
        try (RouteNetlink links = RouteNetlink.open()) {
            String command;
            while ((command = commands.readLine()) != null) {
                answers.println(setup.answer(links, List.of(command.split(" "))));
            }
        }
    }

    private String answer(RouteNetlink links, List<String> words) {
        try {
            String value = execute(links, words);
            return value.isEmpty() ? "ok" : "ok " + value;
        } catch (IOException | RuntimeException e) {
            return "error " + e.getMessage();
        }
    }

    private String execute(RouteNetlink links, List<String> words) throws IOException {
        String first = words.size() > 1 ? words.get(1) : "";
        switch (words.getFirst()) {
            case "bridge" -> {
                links.createBridge(first, mac(words.get(2)));
                return Integer.toString(links.index(first));
            }
            case "veth" ->
                    links.createVeth(
                            new RouteNetlink.VethEnd(
                                    first,
                                    Integer.parseInt(words.get(2)),
                                    Integer.parseInt(words.get(3))),
                            new RouteNetlink.VethEnd(words.get(4), 0, 0));
            case "host-name" -> HostName.set(first);
            case "mac" -> links.setMac(first, mac(words.get(2)));
            case "up" -> links.setUp(first);
            case "address" -> links.addAddress(first, Cidr.parse(words.get(2)));
            case "route" -> links.addRoute(Cidr.parse(first), gateway(words.get(2)), words.get(3));
            case "prohibit" -> links.prohibit(Cidr.parse(first));
            case "egress" -> EgressRules.parse(words.subList(1, words.size())).table().apply();
            case "hand-over" -> handOver(words);
            case "outlet" -> HubOutlet.handOver(links, path(words));
            case "delete" -> links.delete(first);
            case "hold" ->
                    held = RedirectCommand.parse(words.subList(2, words.size())).applyOwned();
            case "let-go" -> RedirectRules.letGo(holding());
            case "drop" -> {
                holding().close();
                held = null;
            }
            case "redirect" -> RedirectCommand.parse(words.subList(1, words.size())).apply();
            default -> throw new IllegalArgumentException(words + ": unknown command");
        }
        return "";
    }

    private NetlinkSocket holding() throws IOException {
        NetlinkSocket socket = held;
        if (socket == null) {
            throw new IOException(NOTHING_HELD);
        }
        return socket;
    }

    private static void handOver(List<String> words) throws IOException {
        int to = words.indexOf("to");
        List<IpPort> names = words.subList(2, to).stream().map(IpPort::parse).toList();
        HubSockets.handOver(Integer.parseInt(words.get(1)), names, path(words));
    }

    /// What is behind the word `to`; may have blanks.
    private static Path path(List<String> words) {
        return Path.of(String.join(" ", words.subList(words.indexOf("to") + 1, words.size())));
    }

    private static @Nullable InetAddress gateway(String text) {
        return text.equals("-") ? null : Cidr.parse(text).address();
    }

    private static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }
}
