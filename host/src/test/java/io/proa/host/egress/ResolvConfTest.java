package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResolvConfTest {
    @TempDir Path directory;

    @Test
    void readsThreeNameServersOfBothFamilies() throws Exception {
        assertThat(
                        of("""
                        # nameserver 192.0.2.9
                        nameserver 192.0.2.1
                        nameserver\t2001:db8::1  # trailing
                        nameserver nonsense
                        nameserver fe80::1%no-such-interface
                        nameserver
                        nameserver 127.0.0.53
                        nameserver 192.0.2.4
                        """)
                                .nameservers())
                .containsExactly(at("192.0.2.1"), at("2001:db8::1"), at("127.0.0.53"));
    }

    @Test
    void withoutNameServersItIsThisMachine() throws Exception {
        assertThat(of("search example.org\n").nameservers()).containsExactly(at("127.0.0.1"));
        assertThat(new ResolvConf(directory.resolve("missing"), 5353).nameservers())
                .isEqualTo(List.of(at("127.0.0.1")));
    }

    @Test
    void noticesThatTheFileChanged() throws Exception {
        ResolvConf conf = of("nameserver 192.0.2.1\n");
        assertThat(conf.nameservers()).containsExactly(at("192.0.2.1"));
        of("nameserver 192.0.2.2\n");
        assertThat(conf.nameservers()).containsExactly(at("192.0.2.2"));
    }

    @Test
    void keepsWhatIsNoNameServer() throws Exception {
        assertThat(
                        of("""
                        ; caf\u00e9
                        nameserver 127.0.0.53
                        options edns0 trust-ad ndots:2
                        search example.org example.net
                        sortlist 130.155.160.0
                        """)
                                .with(IpPort.literal("10.87.0.1")))
                .isEqualTo(
                        """
                        nameserver 10.87.0.1
                        options edns0 trust-ad ndots:2
                        search example.org example.net
                        """);
    }

    private ResolvConf of(String text) throws IOException {
        Path file = directory.resolve("resolv.conf");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        return new ResolvConf(file, 5353);
    }

    private static InetSocketAddress at(String address) {
        return new InetSocketAddress(IpPort.literal(address), 5353);
    }
}
