package io.proa.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshPorts;
import io.proa.model.MeshSnapshot;
import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.TimeoutRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SnapshotCodecTest {
    private static final String SELF =
            "\"self\": {\"pod\": \"front-1\", \"identity\": \"spiffe://demo.proa/ns/default/sa/front\"}";

    @Test
    void readsBackWhatItWrote() throws Exception {
        for (int seed = 0; seed < 500; seed++) {
            MeshSnapshot snapshot = new RandomSnapshots(seed).snapshot();
            byte[] json = SnapshotCodec.encode(snapshot);
            assertThat(SnapshotCodec.decode(json)).as("seed %d", seed).isEqualTo(snapshot);
            assertThat(SnapshotCodec.decode(SnapshotCodec.encodeIndented(snapshot)))
                    .isEqualTo(snapshot);
            assertThat(SnapshotCodec.encode(SnapshotCodec.decode(json))).isEqualTo(json);
        }
    }

    @Test
    void handWrittenFileMayLeaveOutWhatHasADefault() throws Exception {
        MeshSnapshot snapshot =
                decode(
                        "{"
                                + SELF
                                + """
                                , "services": [{
                                  "name": "orders",
                                  "virtualAddresses": ["10.88.0.1", "fd88::1"],
                                  "ports": [{"port": 80, "targetPort": 8080}],
                                  "endpoints": [{"pod": "orders-1", "addresses": ["10.87.0.2"], "plaintext": true}]
                                }]}
                                """);
        assertThat(snapshot.self().inbound()).isEqualTo(InboundMode.STRICT);
        var orders = snapshot.services().getFirst();
        assertThat(orders.name()).isEqualTo(new ServiceName("default", "orders"));
        assertThat(orders.ports().getFirst().protocol()).isEqualTo(AppProtocol.DETECT);
        assertThat(orders.endpoints().getFirst().meshPort()).isEqualTo(MeshPorts.MESH);
        assertThat(orders.endpoints().getFirst().weight()).isEqualTo(1);
        assertThat(orders.endpoints().getFirst().identity()).isNull();
        assertThat(orders.rules()).containsExactly(RouteRule.DEFAULT);
        assertThat(snapshot.outside()).isEmpty();
    }

    @Test
    void readsRulesInFull() throws Exception {
        MeshSnapshot snapshot =
                decode(
                        "{"
                                + SELF
                                + """
                                , "services": [{"name": "orders.shop", "rules": [{
                                  "name": "writes",
                                  "matches": [[{"pathPrefix": "/api"}, {"method": "POST"}, {"header": "x-a", "value": "b"}], [{"pathExact": "/x"}]],
                                  "targets": [{"service": "orders-v2.shop", "port": 80, "weight": 9}],
                                  "retry": {"maxAttempts": 2, "onStatuses": ["gateway-error", 500], "perTryTimeout": "1m30s"},
                                  "timeouts": {"request": "300ms"}
                                }]}],
                                "outside": ["192.0.2.1:443", "[2001:db8::1]:443"]}
                                """);
        assertThat(snapshot.services().getFirst().rules())
                .containsExactly(
                        new RouteRule(
                                "writes",
                                List.of(
                                        List.of(
                                                new RequestMatch.PathPrefix("/api"),
                                                new RequestMatch.Method("POST"),
                                                new RequestMatch.HeaderExact("x-a", "b")),
                                        List.of(new RequestMatch.PathExact("/x"))),
                                List.of(
                                        new RouteTarget.ToService(
                                                new ServiceName("shop", "orders-v2"), 80, 9)),
                                new RetryRule(
                                        2,
                                        Set.of(500, 502, 503, 504),
                                        false,
                                        Duration.ofSeconds(90),
                                        RetryRule.DEFAULT.backoffBase(),
                                        RetryRule.DEFAULT.backoffMax(),
                                        20,
                                        3,
                                        65536),
                                new TimeoutRule(
                                        TimeoutRule.DEFAULT.connect(),
                                        Duration.ofMillis(300),
                                        TimeoutRule.DEFAULT.idle(),
                                        TimeoutRule.DEFAULT.tcpIdle())));
        assertThat(snapshot.outside())
                .containsExactlyInAnyOrder(
                        IpPort.parse("192.0.2.1:443"), IpPort.parse("[2001:db8::1]:443"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {}                                               | saw no field 'self', expected it
                    []                                               | saw an array, expected an object
                    {"revision": -1}                                 | /revision: saw -1, expected a whole number from 0 to 9223372036854775807
                    {"revision": 1.5}                                | /revision: saw 1.5, expected a whole number from 0 to 9223372036854775807
                    {"revision": 99999999999999999999}               | /revision: saw 99999999999999999999, expected a whole number from 0 to 9223372036854775807
                    {"self": null}                                   | /self: saw null, expected an object
                    {"serivces": []}                                 | /serivces: saw unknown field 'serivces', expected revision, self, services, outside
                    {"self": {"pod": "a"}}                           | /self: saw no field 'identity', expected it
                    {"self": {"pod": 7}}                             | /self/pod: saw 7, expected text
                    {"self": {"identity": "http://x"}}               | /self/identity: 'http://x': expected spiffe://<trust-domain>/<path>
                    {"self": {"inbound": "lax"}}                     | /self/inbound: saw 'lax', expected strict or permissive
                    {"self": {"addresses": ["localhost"]}}           | /self/addresses/0: 'localhost': expected a numeric IPv4 or IPv6 address
                    {"services": [{"name": "a"}, {"name": "a"}]}     | /services/1: saw service a.default twice, expected each once
                    {"services": [{"name": "A"}]}                    | /services/0/name: service name 'A': expected 1 to 63 of a-z 0-9 -
                    {"services": [{"endpoints": [{"pod": "a", "plaintext": true}]}]}                    | /services/0/endpoints/0: saw no field 'addresses', expected it
                    {"services": [{"endpoints": [{"pod": "a", "addresses": [], "plaintext": true}]}]}   | /services/0/endpoints/0: saw no field 'addresses', expected it
                    {"services": [{"endpoints": [{"address": "10.0.0.1"}]}]}                            | /services/0/endpoints/0/address: saw unknown field 'address', expected pod, addresses, meshPort, identity, plaintext, weight
                    {"services": [{"ports": [{"port": 0}]}]}         | /services/0/ports/0/port: saw 0, expected a whole number from 1 to 65535
                    {"services": [{"ports": [{"port": 15008}]}]}     | /services/0/ports/0: saw port 15008 without a targetPort, expected one that is not the sidecar's own
                    {"services": [{"rules": [{"retry": {"maxAttempts": 11}}]}]}      | /services/0/rules/0/retry/maxAttempts: saw 11, expected a whole number from 1 to 10
                    {"services": [{"rules": [{"retry": {"perTryTimeout": "5 s"}}]}]} | /services/0/rules/0/retry/perTryTimeout: saw '5 s', expected a duration such as 300ms, 5s or 1m30s
                    {"services": [{"rules": [{"retry": {"onStatuses": ["2xx"]}}]}]}  | /services/0/rules/0/retry/onStatuses/0: saw '2xx', expected a status from 400 to 599, a range such as 500-504, 4xx, 5xx or gateway-error
                    {"services": [{"rules": [{"matches": [[{}]]}]}]} | /services/0/rules/0/matches/0/0: saw no condition, expected one of pathExact, pathPrefix, method, header and value
                    {"services": [{"rules": [{"matches": [[{"method": "GET", "pathExact": "/"}]]}]}]} | /services/0/rules/0/matches/0/0/pathExact: saw two conditions in one object, expected one each
                    {"outside": ["1.2.3.4"]}                         | /outside/0: '1.2.3.4': expected ADDRESS:PORT
                    """)
    void namesPathSeenAndExpected(String json, String message) {
        assertThatThrownBy(() -> decode(json))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage(message);
    }

    @Test
    void refusesWhatIsNotOneJsonDocument() {
        assertThatThrownBy(() -> decode(""))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage("saw nothing, expected an object");
        assertThatThrownBy(() -> decode("{" + SELF + "} x")).isInstanceOf(MalformedMessage.class);
        assertThatThrownBy(() -> decode("{" + SELF + "} {}"))
                .hasMessage("saw an object after the end, expected nothing");
        assertThatThrownBy(() -> decode("{" + SELF + "," + SELF + "}"))
                .hasMessageContaining("Duplicate");
        assertThatThrownBy(() -> decode("{" + SELF))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageContaining("not well-formed JSON")
                .hasMessageContaining("line 1, column");
        assertThatThrownBy(() -> decode("[".repeat(100_000))).isInstanceOf(MalformedMessage.class);
    }

    /// Whatever the bytes: a snapshot or the one documented exception.
    @Test
    void survivesMutatedSnapshots() {
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            byte[] json = SnapshotCodec.encode(new RandomSnapshots(seed % 50).snapshot());
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                json = mutated(json, random);
            }
            try {
                SnapshotCodec.decode(json);
            } catch (MalformedMessage _) {
                // as documented
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void savesForTheOwnerOnlyAndNamesTheFileInFaults(@TempDir Path folder) throws Exception {
        MeshSnapshot snapshot = new RandomSnapshots(1).snapshot();
        Path file = folder.resolve("snapshot.json");
        SnapshotFile.save(file, new RandomSnapshots(2).snapshot());
        SnapshotFile.save(file, snapshot);
        assertThat(SnapshotFile.load(file)).isEqualTo(snapshot);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        Files.writeString(file, "{\"self\": 1}");
        assertThatThrownBy(() -> SnapshotFile.load(file))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage(file + " at /self: saw 1, expected an object");
    }

    static byte[] mutated(byte[] bytes, Random random) {
        if (bytes.length < 2) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        byte[] changed = bytes.clone();
        switch (random.nextInt(5)) {
            case 0 -> changed[at] = (byte) random.nextInt(256);
            case 1 -> changed[at] = (byte) "{}[]\",:0-1eE.tfn\\".charAt(random.nextInt(17));
            case 2 -> changed = java.util.Arrays.copyOf(bytes, at);
            case 3 -> {
                int to = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(64), bytes.length - Math.max(at, to));
                System.arraycopy(bytes, at, changed, to, length);
            }
            default -> {
                var words =
                        new ArrayList<String>(
                                List.of("null", "1e999", "-0", "\"\"", "{}", "[[", "\\u0000"));
                byte[] word =
                        words.get(random.nextInt(words.size())).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(word, 0, changed, at, Math.min(word.length, changed.length - at));
            }
        }
        return changed;
    }

    private static MeshSnapshot decode(String json) throws MalformedMessage {
        return SnapshotCodec.decode(json.getBytes(StandardCharsets.UTF_8));
    }
}
