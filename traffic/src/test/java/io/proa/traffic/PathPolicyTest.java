package io.proa.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.traffic.PathPolicy.DotSegments;
import io.proa.traffic.PathPolicy.EncodedSlashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPolicyTest {
    private static final PathPolicy STRICT =
            new PathPolicy(EncodedSlashes.REFUSE, DotSegments.REFUSE);

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/b?c=/../d, /a/b",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/.., /",
        "/a/b/.., /a/",
        "/a/., /a/",
        "/../../a, /a",
        "/a/%2e%2E/b, /b",
        "/%61dmin, /admin",
        "/a%2fb, /a%2Fb",
        "/a/..%2fb, /a/..%2Fb",
        "/a//b, /a//b",
        "/a//../b, /a/b",
        "/a/...//.b, /a/...//.b",
        "/a%, /a%",
        "/a%4, /a%4",
        "/a%zz, /a%zz",
        "/%c3%a9, /%C3%A9",
        "/a;x/../b, /b",
        "*, *"
    })
    void rulesSeeWhereAPathLeads(String path, String seen) {
        assertThat(PathPolicy.DEFAULT.forRules(path)).isEqualTo(seen);
    }

    @ParameterizedTest
    @CsvSource({"/a%2fb, /a/b", "/a%5Cb, /a/b", "/a/..%2fb, /b", "/a/%2e%2e%2f%2e%2e/b, /b"})
    void encodedSlashesMayBeSlashes(String path, String seen) {
        assertThat(new PathPolicy(EncodedSlashes.DECODE, DotSegments.RESOLVE).forRules(path))
                .isEqualTo(seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2Fb", "/a%5cb", "/a/../b", "/a/.", "/%2e%2e/b", "/a/%2E/b", "/.."})
    void whatIsUnclearMayBeRefused(String path) {
        assertThat(STRICT.refusal(path)).isNotNull();
        assertThat(PathPolicy.DEFAULT.refusal(path)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/.b/c..", "/a?x=/../%2f", "/%20", "/a%2", "/..."})
    void whatIsClearIsNot(String path) {
        assertThat(STRICT.refusal(path)).isNull();
    }

    @Test
    void aPlainPathIsTheSameText() {
        String path = "/orders/17";
        assertThat(PathPolicy.DEFAULT.forRules(path)).isSameAs(path);
    }
}
