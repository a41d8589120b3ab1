package io.proa.host;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `proa redirect apply|remove|print`: the separate short step that turns a pod's connections to
/// its sidecar, run by whoever has power over the pod's network; the sidecar itself never has.
public final class RedirectCommand {
    // sysexits(3)
    private static final int OK = 0;
    private static final int USAGE = 64;
    private static final int UNAVAILABLE = 69;
    private static final int NO_PERMISSION = 77;

    private static final int LONGEST_INTERFACE = 15;

    private static final List<String> OPTIONS =
            List.of(
                    "--exclude-outbound-ports",
                    "--exclude-outbound-cidrs",
                    "--exclude-inbound-ports",
                    "--uid",
                    "--inbound-interface",
                    "--keep-invalid");

    private static final String HELP =
            """
            Applies, removes or prints a pod's redirect rules.

            Usage: proa redirect apply|remove|print [OPTION...]

            Turns the TCP connections of this network namespace to the sidecar in it, IPv4 and IPv6:
            outbound ones to port 15001, inbound ones to port 15006 except those to the mesh port 15008.
            The sidecar's own connections (by mark, or by --uid) and loopback pass.

              apply    put the rules in, replacing older ones; do it after the sidecar listens
              remove   take them out
              print    show them in nft syntax, changing nothing

            Options:
              --exclude-outbound-ports PORT[,PORT...]   connections to these ports pass untouched
              --exclude-outbound-cidrs CIDR[,CIDR...]   connections to these addresses pass untouched
              --exclude-inbound-ports PORT[,PORT...]    these ports can be reached in plaintext
              --uid UID                                 connections of this user pass as well
              --inbound-interface NAME                  inbound, only what comes by this interface is turned
              --keep-invalid                            do not drop packets of unknown connections
              -h, --help                                this text

            Examples:
              proa redirect print --uid 1337
              proa redirect apply --exclude-outbound-ports 22,5432 --exclude-outbound-cidrs 10.0.0.0/8
              nsenter --net --target $PID proa redirect apply
            """;

    private RedirectCommand() {}

    public static String help() {
        return HELP;
    }

    /// @param args what follows `redirect`
    /// @return an exit code of sysexits(3)
    public static int run(String[] args, PrintStream out, PrintStream err) {
        List<String> arguments = List.of(args);
        if (arguments.contains("-h") || arguments.contains("--help")) {
            out.print(HELP);
            return OK;
        }
        if (arguments.isEmpty()) {
            return usage(err, "no action was given; expected apply, remove or print");
        }
        String verb = arguments.getFirst();
        if (!List.of("apply", "remove", "print").contains(verb)) {
            return usage(err, "'" + verb + "': expected apply, remove or print");
        }
        RedirectRules rules;
        try {
            rules = parse(arguments.subList(1, arguments.size()));
        } catch (IllegalArgumentException e) {
            return usage(err, e.getMessage());
        }
        try {
            return switch (verb) {
                case "apply" -> {
                    rules.apply();
                    yield OK;
                }
                case "remove" -> {
                    if (!RedirectRules.remove()) {
                        err.println("proa redirect: there were no rules to remove");
                    }
                    yield OK;
                }
                default -> {
                    out.print(rules.print());
                    yield OK;
                }
            };
        } catch (NetlinkException e) {
            err.println("proa redirect: " + e.getMessage());
            return e.errno() == NetlinkException.EPERM ? NO_PERMISSION : UNAVAILABLE;
        } catch (IOException e) {
            err.println("proa redirect: " + e.getMessage());
            return UNAVAILABLE;
        }
    }

    private static int usage(PrintStream err, @Nullable String problem) {
        err.println("proa redirect: " + problem);
        err.println("  next: see proa redirect --help");
        return USAGE;
    }

    /// Options as `--name value` or `--name=value`.
    static RedirectRules parse(List<String> options) {
        RedirectRules rules = RedirectRules.DEFAULT;
        SortedSet<Integer> outboundPorts = new TreeSet<>();
        SortedSet<Integer> inboundPorts = new TreeSet<>();
        List<Cidr> blocks = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            if (!OPTIONS.contains(name)) {
                throw new IllegalArgumentException(
                        option.startsWith("-")
                                ? "unknown option '" + name + "'; expected " + OPTIONS
                                : "saw '" + option + "', expected only options here");
            }
            if (name.equals("--keep-invalid")) {
                if (equals >= 0) {
                    throw new IllegalArgumentException(
                            name + " takes no value, saw '" + option + "'");
                }
                rules = rules.keepingInvalid();
                continue;
            }
            if (equals < 0 && i + 1 == options.size()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            String value = equals < 0 ? options.get(++i) : option.substring(equals + 1);
            switch (name) {
                case "--exclude-outbound-ports" -> outboundPorts.addAll(ports(name, value));
                case "--exclude-inbound-ports" -> inboundPorts.addAll(ports(name, value));
                case "--inbound-interface" -> rules = rules.inboundBy(name(value));
                case "--exclude-outbound-cidrs" -> blocks.addAll(blocks(name, value));
                default -> rules = rules.withSidecarUid(number(name, value, 0x7fffffff)); // --uid
            }
        }
        return rules.withExclusions(outboundPorts, blocks, inboundPorts);
    }

    private static String name(String value) {
        if (value.isEmpty()
                || value.length() > LONGEST_INTERFACE
                || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '/' || c > '~')) {
            throw new IllegalArgumentException(
                    "--inbound-interface '" + value + "': expected the name of an interface");
        }
        return value;
    }

    private static SortedSet<Integer> ports(String option, String value) {
        SortedSet<Integer> ports = new TreeSet<>();
        for (String port : value.split(",", -1)) {
            int number = number(option, port, 65535);
            if (number == 0) {
                throw new IllegalArgumentException(option + " 0: expected 1 to 65535");
            }
            ports.add(number);
        }
        return ports;
    }

    private static List<Cidr> blocks(String option, String value) {
        List<Cidr> blocks = new ArrayList<>();
        for (String block : value.split(",", -1)) {
            try {
                blocks.add(Cidr.parse(block.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
            }
        }
        return blocks;
    }

    private static int number(String option, String value, int most) {
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                option + " '" + value + "': expected a number up to " + most);
    }
}
