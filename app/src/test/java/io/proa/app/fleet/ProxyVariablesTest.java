package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProxyVariablesTest {
    private static final String PROXY = "http://127.0.0.1:23001";

    @Test
    void bothSpellingsAreSetForHttpAndHttps() {
        assertThat(ProxyVariables.of(PROXY, Map.of()))
                .isEqualTo(
                        Map.of(
                                "http_proxy", PROXY,
                                "HTTP_PROXY", PROXY,
                                "https_proxy", PROXY,
                                "HTTPS_PROXY", PROXY,
                                "no_proxy", "localhost,127.0.0.1,::1",
                                "NO_PROXY", "localhost,127.0.0.1,::1",
                                "NODE_USE_ENV_PROXY", "1"));
    }

    @Test
    void aProxyOfTheUsersOwnForHttpsStaysAndSoDoWhatItIsNotFor() {
        Map<String, String> own =
                Map.of(
                        "http_proxy", "http://corp:3128",
                        "HTTPS_PROXY", "http://corp:3128",
                        "NO_PROXY", "localhost, .corp");
        assertThat(ProxyVariables.of(PROXY, own))
                .containsEntry("http_proxy", PROXY)
                .containsEntry("no_proxy", "localhost,.corp,127.0.0.1,::1")
                .doesNotContainKeys("https_proxy", "HTTPS_PROXY");
    }

    @Test
    void theProxyOfAnotherSidecarDoesNotStay() {
        Map<String, String> own =
                Map.of("PROA_POD", "sh-1.0.guest", "https_proxy", "http://127.0.0.1:23009");
        assertThat(ProxyVariables.of(PROXY, own)).containsEntry("https_proxy", PROXY);
    }
}
