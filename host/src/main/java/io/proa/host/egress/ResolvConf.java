package io.proa.host.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/// This machine's resolver configuration (resolv.conf(5)), read anew for each use: a laptop changes
/// networks.
///
/// @param port where its name servers listen; 53 except in tests
public record ResolvConf(Path file, int port) {
    public static final ResolvConf MACHINE = new ResolvConf(Path.of("/etc/resolv.conf"), 53);

    // What the C library uses; it ignores more.
    private static final int MOST_SERVERS = 3;

    /// @return at least one: without any the name server is on this machine
    public List<InetSocketAddress> nameservers() {
        List<InetSocketAddress> servers = new ArrayList<>(MOST_SERVERS);
        for (String line : lines()) {
            StringTokenizer words = new StringTokenizer(line);
            if (servers.size() < MOST_SERVERS
                    && words.countTokens() > 1
                    && words.nextToken().equals("nameserver")) {
                add(servers, words.nextToken());
            }
        }
        if (servers.isEmpty()) {
            servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        return servers;
    }

    private void add(List<InetSocketAddress> servers, String address) {
        try {
            servers.add(new InetSocketAddress(InetAddress.ofLiteral(address), port));
        } catch (IllegalArgumentException _) {
            // The C library passes over it as well, for instance an interface that is gone.
        }
    }

    /// The same configuration, but with this one name server.
    public String with(InetAddress nameserver) {
        StringBuilder text = new StringBuilder(200);
        text.append("nameserver ").append(nameserver.getHostAddress()).append('\n');
        for (String line : lines()) {
            StringTokenizer words = new StringTokenizer(line);
            if (words.hasMoreTokens()
                    && switch (words.nextToken()) {
                        case "search", "domain", "options" -> true;
                        default -> false;
                    }) {
                text.append(line.strip()).append('\n');
            }
        }
        return text.toString();
    }

    private List<String> lines() {
        try {
            // Any bytes are read: a comment may be in whatever encoding.
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return List.of();
        }
    }
}
