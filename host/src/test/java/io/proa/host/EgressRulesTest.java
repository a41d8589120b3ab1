package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EgressRulesTest {
    private static final EgressRules RULES =
            new EgressRules(
                    15010,
                    List.of(
                            new EgressRules.Named(Cidr.parse("10.87.0.1"), 53),
                            new EgressRules.Named(Cidr.parse("fd50:a0a:0:2::1"), 0)),
                    List.of(Cidr.parse("10.87.0.0/16"), Cidr.parse("fd50:a0a::/64")),
                    true);

    @Test
    void surviveTheWayThroughWords() {
        assertThat(EgressRules.parse(List.of(RULES.words().split(" ", -1)))).isEqualTo(RULES);
        EgressRules inside = new EgressRules(1, List.of(), List.of(), false);
        assertThat(EgressRules.parse(List.of(inside.words().split(" ", -1)))).isEqualTo(inside);
    }

    @Test
    void turnWhatComesFromPodsAndIsNotForPods() {
        assertThat(RULES.table().text())
                .isEqualTo(
                        """
                        table inet proa-egress {
                        	chain entering {
                        		type nat hook prerouting priority -100; policy accept;
                        		meta l4proto != tcp return comment "only TCP is carried"
                        		iifname "proa0" ip daddr 10.87.0.1 tcp dport 53 redirect to :15010 comment "of this machine"
                        		iifname "proa0" ip6 daddr fd50:a0a:0:2::1 meta l4proto tcp redirect to :15010 comment "of this machine"
                        		ip daddr 10.87.0.0/16 return comment "to pods"
                        		ip6 daddr fd50:a0a::/64 return comment "to pods"
                        		iifname "proa0" meta l4proto tcp redirect to :15010 comment "to the outside"
                        	}
                        }
                        """);
    }
}
