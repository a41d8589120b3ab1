package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class CidrTest {
    @Test
    void namesTheBlockOfAnAddress() {
        assertThat(Cidr.parse("10.87.3.4/16").block()).hasToString("10.87.0.0/16");
        assertThat(Cidr.parse("fd12:3456::9/7").block()).hasToString("fc00::/7");
        assertThat(Cidr.parse("10.1.2.3").block()).hasToString("10.1.2.3/32");
        assertThat(Cidr.parse("10.1.2.3/0").block()).hasToString("0.0.0.0/0");
    }

    @Test
    void countsAddressesWithinItsBlock() {
        assertThat(Cidr.literal(Cidr.parse("10.87.0.0/16").host(1))).isEqualTo("10.87.0.1");
        assertThat(Cidr.literal(Cidr.parse("10.87.0.0/16").host(65535))).isEqualTo("10.87.255.255");
        assertThat(Cidr.literal(Cidr.parse("fd50:a0a::/64").host(258))).isEqualTo("fd50:a0a::102");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cidr.parse("10.87.0.0/30").host(4))
                .withMessageContaining("10.87.0.0/30 has no address number 4");
    }

    @Test
    void writesIpv6AsToolsDo() {
        assertThat(Cidr.parse("::1")).hasToString("::1/128");
        assertThat(Cidr.parse("::/0")).hasToString("::/0");
        assertThat(Cidr.parse("2001:db8:0:0:1:0:0:0")).hasToString("2001:db8:0:0:1::/128");
        assertThat(Cidr.parse("2001:db8:0:1:1:1:1:1")).hasToString("2001:db8:0:1:1:1:1:1/128");
    }

    @Test
    void rejectsWhatIsNoBlock() {
        for (String text : new String[] {"10.0.0.0/33", "::/129", "10.0.0.0/x", "host/8", "1/2"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
        }
    }
}
