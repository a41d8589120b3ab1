package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RedirectCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void printsTheRulesWithoutExclusions() {
        assertThat(run("print")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        table inet proa {
                        	chain untrackable {
                        		type filter hook prerouting priority -150; policy accept;
                        		meta l4proto tcp ct state invalid drop comment "late or foreign packets would meet a reset"
                        	}
                        	chain outbound {
                        		type nat hook output priority -100; policy accept;
                        		meta l4proto != tcp return comment "only TCP is carried"
                        		meta mark 0x00050a0a return comment "sent by the sidecar"
                        		oifname "lo" return comment "stays within the pod"
                        		tcp flags & (fin | syn | rst | ack) == syn counter redirect to :15001 comment "from the application"
                        	}
                        	chain inbound {
                        		type nat hook prerouting priority -100; policy accept;
                        		meta l4proto != tcp return comment "only TCP is carried"
                        		iifname "lo" return comment "stays within the pod"
                        		tcp dport 15008 return comment "mutual TLS"
                        		tcp flags & (fin | syn | rst | ack) == syn counter redirect to :15006 comment "from outside the mesh"
                        	}
                        }
                        """);
    }

    @Test
    void printsExclusionsBeforeTheRedirects() {
        assertThat(
                        run(
                                "print",
                                "--uid=1337",
                                "--exclude-outbound-ports",
                                "5432,22",
                                "--exclude-outbound-cidrs=10.0.0.0/8,fd00::/7",
                                "--exclude-inbound-ports",
                                "9000",
                                "--keep-invalid"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().map(String::strip))
                .doesNotContain("chain untrackable {")
                .containsSubsequence(
                        "meta skuid 1337 return comment \"sent by the sidecar\"",
                        "tcp dport 22 return comment \"excluded\"",
                        "tcp dport 5432 return comment \"excluded\"",
                        "ip daddr 10.0.0.0/8 return comment \"excluded\"",
                        "ip6 daddr fc00::/7 return comment \"excluded\"",
                        "tcp flags & (fin | syn | rst | ack) == syn counter redirect to :15001 comment \"from the"
                                + " application\"",
                        "tcp dport 9000 return comment \"excluded\"");
    }

    @Test
    void rulesSurviveTheWayThroughWords() {
        RedirectRules rules =
                RedirectCommand.parse(
                        List.of(
                                "--keep-invalid",
                                "--uid=7",
                                "--exclude-outbound-ports=1,2",
                                "--exclude-outbound-cidrs=10.0.0.0/8,::1",
                                "--exclude-inbound-ports=3"));
        List<String> words = rules.command();
        assertThat(RedirectCommand.parse(words.subList(1, words.size()))).isEqualTo(rules);
        assertThat(RedirectRules.DEFAULT.command()).containsExactly("redirect");
    }

    @Test
    void saysWhatIsWrongWithTheArguments() {
        assertThat(run("print", "--exclude-inbound-ports", "70000")).isEqualTo(64);
        assertThat(errors()).contains("--exclude-inbound-ports '70000': expected a number up to");
        assertThat(run("print", "--exclude-outbound-ports", "0")).isEqualTo(64);
        assertThat(run("print", "--exclude-outbound-cidrs", "10.0.0.0/40")).isEqualTo(64);
        assertThat(run("print", "--colour", "red")).isEqualTo(64);
        assertThat(errors()).contains("unknown option '--colour'; expected [--exclude-");
        assertThat(run("print", "--keep-invalid=yes")).isEqualTo(64);
        assertThat(errors()).contains("--keep-invalid takes no value");
        assertThat(run("print", "more")).isEqualTo(64);
        assertThat(errors()).contains("saw 'more', expected only options here");
        assertThat(run("print", "--uid")).isEqualTo(64);
        assertThat(run("undo")).isEqualTo(64);
        assertThat(errors()).contains("'undo': expected apply, remove or print");
        assertThat(run()).isEqualTo(64);
        assertThat(out.size()).isZero();
    }

    @Test
    void helpsWithExamples() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Examples:");
    }

    private int run(String... args) {
        return RedirectCommand.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
