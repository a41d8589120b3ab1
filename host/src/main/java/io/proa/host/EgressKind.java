package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/// How pods reach what is outside their fleet.
public enum EgressKind {
    /// Not at all.
    NONE,
    /// By a link to the machine's own network and address translation, all protocols; takes power
    /// over that network, so root.
    MASQUERADE,
    /// TCP only, by connections that this process makes on the pods' behalf; takes no power over
    /// the machine's network. Everything else is refused with an ICMP error.
    RELAY;

    private static final Path USERS = Path.of("/proc/self/uid_map");
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

    /// What suits the user this process is: in a user namespace of its own it has no power over the
    /// machine's network (user_namespaces(7)), and in most containers none over its settings.
    public static EgressKind usual() {
        try {
            return Files.isWritable(FORWARDING) && isWholeMachine(Files.readString(USERS))
                    ? MASQUERADE
                    : RELAY;
        } catch (IOException _) {
            return RELAY;
        }
    }

    /// The first user namespace maps all ids to themselves.
    static boolean isWholeMachine(String map) {
        StringTokenizer words = new StringTokenizer(map);
        return words.countTokens() == 3
                && words.nextToken().equals("0")
                && words.nextToken().equals("0")
                && words.nextToken().equals("4294967295");
    }
}
