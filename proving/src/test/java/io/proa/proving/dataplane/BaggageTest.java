package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sidecar's own baggage member is seen by its application and by nobody else.
@Timeout(20)
final class BaggageTest extends Stage {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER = "00000000000000000000000000000001";

    private String headSeen(String headers) throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(
                "GET /head HTTP/1.1\r\nHost: o\r\ntraceparent: 00-"
                        + TRACE
                        + "-00f067aa0ba902b7-01\r\n"
                        + headers
                        + "\r\n");
        return wire.response().text();
    }

    @Test
    void isGivenToAnApplicationThatHasNone() throws Exception {
        assertThat(headSeen("")).contains("baggage: proa-trace=" + TRACE + "\r\n");
    }

    @Test
    void isPutBehindWhatIsThere() throws Exception {
        assertThat(headSeen("Baggage: a=1;p=2 , b=x%2Cy\r\nBaggage:c=3\r\n"))
                .contains("Baggage: a=1;p=2 , b=x%2Cy,c=3,proa-trace=" + TRACE + "\r\n")
                .containsOnlyOnce("aggage:");
    }

    /// What another hop, or an application that hands everything on, has left there.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "baggage: proa-trace=" + OTHER + "\r\n",
                "baggage: a=1, proa-trace=" + OTHER + ";x=y\r\n",
                "baggage: a=1\r\nbaggage: proa-trace=" + OTHER + ",proa-trace=" + OTHER + "\r\n",
            })
    void replacesOneOfAnother(String baggage) throws Exception {
        assertThat(headSeen(baggage)).doesNotContain(OTHER).containsOnlyOnce("proa-trace=" + TRACE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", ",,", "proa-trace", "proa-trace=1", " \t", "xproa-trace=1234"})
    void takesAnyBaggage(String value) throws Exception {
        assertThat(headSeen("baggage: " + value + "\r\n")).contains("proa-trace=" + TRACE);
    }
}
