package io.proa.proving.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.HeadLimits;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.Subscriptions;
import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.Role;
import io.proa.traffic.SpokenProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The two stacks are the product's spine: their order is written down here a second time, so that
/// changing it is a decision and never an accident.
class StacksTest {
    private static final List<String> OUTBOUND =
            List.of("RECORD", "IDENTIFY", "ROUTE", "DEADLINE", "RETRY", "BALANCE", "CONNECT");
    private static final List<String> INBOUND =
            List.of("RECORD", "IDENTIFY", "PERMIT", "ROUTE", "CONNECT");
    private static final int ONE_SCREEN = 60;

    @Test
    void rolesStandInTravelOrder() {
        assertThat(Arrays.stream(Role.values()).map(Role::name))
                .containsExactly(
                        "RECORD",
                        "ADMIT",
                        "ADDRESS",
                        "IDENTIFY",
                        "PERMIT",
                        "ROUTE",
                        "DEADLINE",
                        "RETRY",
                        "BALANCE",
                        "CONNECT");
    }

    @Test
    void outboundStackHasItsOrder() throws IOException {
        assertThat(roles("outbound")).isEqualTo(OUTBOUND);
    }

    @Test
    void explicitStackIsTheOutboundOneWithItsAddress() throws IOException {
        List<String> expected = new ArrayList<>(OUTBOUND);
        expected.add(1, "ADDRESS");
        assertThat(roles("explicit")).isEqualTo(expected);
    }

    @Test
    void inboundStackHasItsOrder() throws IOException {
        assertThat(roles("inbound")).isEqualTo(INBOUND);
    }

    @Test
    void everyStepSaysWhyItStandsWhereItDoes() throws IOException {
        describe()
                .lines()
                .filter(line -> line.startsWith(" "))
                .forEach(line -> assertThat(line.strip().split("\\s+").length).isGreaterThan(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OutboundStack", "InboundStack", "ExplicitStack"})
    void aStackIsOneScreen(String name) {
        String source = Production.text("proxy/src/main/java/io/proa/proxy/" + name + ".java");
        assertThat(source.lines().count()).isLessThanOrEqualTo(ONE_SCREEN);
    }

    @Test
    void theLifeOfARequestTellsTheSameOrder() {
        String text = Production.text("docs/life-of-a-request.md");
        assertThat(roles(section(text, "## Outbound"), "| `")).isEqualTo(OUTBOUND);
        assertThat(roles(section(text, "## Inbound"), "| `")).isEqualTo(INBOUND);
    }

    private static String section(String text, String heading) {
        int start = text.indexOf(heading);
        assertThat(start).as(heading).isNotNegative();
        int end = text.indexOf("\n## ", start);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    private static List<String> roles(String stack) throws IOException {
        String all = describe();
        int start = all.indexOf(stack + '\n');
        assertThat(start).as(stack).isNotNegative();
        int body = start + stack.length() + 1;
        String steps =
                all.substring(body)
                        .lines()
                        .takeWhile(line -> line.startsWith("  "))
                        .reduce("", (a, b) -> a + b + '\n');
        return roles(steps, "  ");
    }

    /// The first word of each line that begins with `prefix`.
    private static List<String> roles(String text, String prefix) {
        List<String> roles = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith(prefix)) {
                String rest = line.substring(prefix.length());
                int end = 0;
                while (end < rest.length() && Character.isUpperCase(rest.charAt(end))) {
                    end++;
                }
                roles.add(rest.substring(0, end));
            }
        }
        return roles;
    }

    /// As built, of a data plane that listens nowhere.
    private static String describe() throws IOException {
        DataPlaneSettings settings =
                new DataPlaneSettings(
                        1,
                        null,
                        List.of(),
                        null,
                        null,
                        List.of(),
                        false,
                        false,
                        HeadLimits.DEFAULT);
        DataPlane.Surroundings around =
                new DataPlane.Surroundings(
                        new IdentityGate(),
                        Subscriptions.NONE,
                        _ -> new Deaf(),
                        bug -> {
                            throw new AssertionError(bug);
                        },
                        1);
        try (DataPlane plane = DataPlane.open(settings, around)) {
            return plane.describeStacks();
        }
    }

    private static final class Deaf implements ExchangeObserver {
        @Override
        public void ended(ExchangeRecord record) {}

        @Override
        public void connectionOpened(Direction direction, Security security) {}

        @Override
        public void connectionClosed(Direction direction, Security security) {}

        @Override
        public void inboundRefused(Reason reason, String code) {}

        @Override
        public void handshake(Direction direction, Handshake result) {}

        @Override
        public void detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {}
    }
}
