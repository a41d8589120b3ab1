package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ExplainVerbTest {
    private static List<String> lines(String answer) {
        JsonNode read = JsonMapper.shared().readTree(answer);
        return ExplainVerb.lines(Map.of("web-1", read));
    }

    @Test
    void saysWhatIsSpokenAtEachPortAndByWhom() {
        List<String> lines =
                lines(
                        """
                        {"destination":"orders","service":"orders.shop","ports":[
                          {"service":"orders.shop","port":80,"protocol":"detect","spoken":"http1",
                           "how":"first_bytes","believed_for_seconds":299}],
                         "becomes":"one of the endpoints","endpoints":[
                          {"pod":"orders-1","security":"mutual_tls"},{"pod":"old","security":"plaintext"}]}
                        """);
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast().split(" +", 7))
                .containsExactly(
                        "web-1",
                        "orders.shop",
                        "80",
                        "detect",
                        "http1",
                        "first_bytes",
                        "orders-1, old (plaintext)");
    }

    @Test
    void saysWhyNothingIsKnown() {
        assertThat(lines("{\"becomes\":\"unknown\",\"why\":\"nobody has asked\"}"))
                .containsExactly("web-1: unknown: nobody has asked");
    }
}
