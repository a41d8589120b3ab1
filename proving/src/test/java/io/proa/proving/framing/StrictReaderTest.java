package io.proa.proving.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.proving.framing.Reading.End;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The oracle itself: it must be able to fail.
final class StrictReaderTest {
    private static final String POST = "POST /a HTTP/1.1\r\nHost: o\r\n";
    private static final String NEXT = "GET /b HTTP/1.1\r\nHost: o\r\n\r\n";

    private static Reading requests(String text) {
        return StrictReader.requests(text);
    }

    @Test
    void findsWhereEachMessageEnds() {
        Reading reading =
                requests(
                        POST
                                + "Content-Length: 3\r\n\r\nabc"
                                + POST
                                + "Transfer-Encoding: chunked\r\n\r\n2;x=\"y\"\r\nde\r\n0\r\nT: 1\r\n\r\n"
                                + NEXT);
        assertThat(reading.end()).as(reading.why()).isEqualTo(End.WHOLE);
        assertThat(reading.messages())
                .extracting(Reading.Message::body)
                .containsExactly("abc", "de", "");
        assertThat(reading.messages().getLast().target()).isEqualTo("/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                "Content-Length: 03\r\n\r\nabc",
                "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer_Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1;\nx\r\na\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
                "X: a\rb\r\n\r\n",
                "X: a\nb: c\r\n\r\n",
                "X: a\r\n b\r\n\r\n",
                "X: \u0001\r\n\r\n",
                "Host: p\r\n\r\n",
                "Connection: host\r\n\r\n",
                "Upgrade: h2c\r\n\r\n",
                "Content-Length: 1\r\n\r\nab\r\n\r\n"
            })
    void callsAmbiguousWhatTwoReadersCouldTakeDifferently(String rest) {
        assertThat(requests(POST + rest).end()).isEqualTo(End.AMBIGUOUS);
    }

    @Test
    void waitsForTheRestOfWhatIsValidSoFar() {
        String whole = POST + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n";
        for (int length = 1; length < whole.length(); length++) {
            assertThat(requests(whole.substring(0, length)).end()).isEqualTo(End.UNFINISHED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No\r\nContent-Length: 1\r\n\r\n",
                "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            })
    void callsAmbiguousWhatAClientCouldMistake(String text) {
        assertThat(StrictReader.responses(text, List.of("GET"), true).end())
                .isEqualTo(End.AMBIGUOUS);
    }

    @Test
    void aLengthIsNotThatOfABodyInTheAnswerToHead() {
        String text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        assertThat(StrictReader.responses(text, List.of("HEAD"), false).end()).isEqualTo(End.WHOLE);
        assertThat(StrictReader.responses(text + "abcde", List.of("HEAD"), false).end())
                .isEqualTo(End.AMBIGUOUS);
    }

    static Stream<String> corpora() {
        return Stream.of("requests", "responses", "downgrades");
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void theCorporaCanBeRead(String name) throws Exception {
        assertThat(Corpus.read(Path.of("src/framing", name + ".cases"))).hasSizeGreaterThan(115);
    }

    /// What is marked as valid must be so, or nobody could be blamed for refusing it.
    @Test
    void whatMustBePassedIsValid() throws Exception {
        for (Corpus.Case one : Corpus.read(Path.of("src/framing/requests.cases"))) {
            Reading reading =
                    requests(one.text().startsWith("\r\n") ? one.text().substring(2) : one.text());
            assertThat(!one.good() || reading.end() == End.WHOLE)
                    .as(one.name() + ": " + reading.why())
                    .isTrue();
        }
    }
}
