package io.proa.proving.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.proving.framing.Outcome.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// With faults planted in what stands in between, the trials must find them.
@Timeout(60)
final class FramingProofTest {
    private static final String PLAIN =
            "POST /c HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nabcde";

    /// Passes connections on, and changes what clients say.
    private static int relay(int to, UnaryOperator<String> change) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(listener, to, change));
        return listener.getLocalPort();
    }

    private static void accept(ServerSocket listener, int to, UnaryOperator<String> change) {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
                Thread.ofVirtual().start(() -> copy(client, server, change));
                Thread.ofVirtual().start(() -> copy(server, client, UnaryOperator.identity()));
            }
        } catch (IOException _) {
            // The test is over.
        }
    }

    private static void copy(Socket from, Socket to, UnaryOperator<String> change) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] some = new byte[65_536];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                String text = change.apply(new String(some, 0, n, StandardCharsets.ISO_8859_1));
                to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException _) {
            // One end is enough.
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Outcome request(String text, boolean good, UnaryOperator<String> change)
            throws Exception {
        int port = freePort();
        try (RequestTrial trial = new RequestTrial(port, relay(port, change))) {
            return trial.play(1, new Corpus.Case("one", text, good));
        }
    }

    @Test
    void whatComesThroughAsItWasIsClean() throws Exception {
        assertThat(request(PLAIN, true, s -> s).verdict()).isEqualTo(Verdict.CLEAN);
    }

    @Test
    void aProxyThatLooksAtNothingIsFoundOut() throws Exception {
        String text =
                "POST /c HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assertThat(request(text, false, s -> s).verdict()).isEqualTo(Verdict.UNSAFE);
    }

    @Test
    void aBodyThatLosesAByteIsFoundOut() throws Exception {
        Outcome outcome =
                request(PLAIN, true, s -> s.replace("Content-Length: 5", "Content-Length: 4"));
        assertThat(outcome.verdict()).isEqualTo(Verdict.UNSAFE);
    }

    @Test
    void anotherBodyIsFoundOut() throws Exception {
        assertThat(request(PLAIN, true, s -> s.replace("abcde", "abcdf")).verdict())
                .isEqualTo(Verdict.UNSAFE);
    }

    @Test
    void whatIsValidAndRefusedIsLost() throws Exception {
        Outcome outcome = request(PLAIN, true, s -> s.startsWith("POST") ? "" : s);
        assertThat(outcome.verdict()).isEqualTo(Verdict.LOST);
    }

    @Test
    void aResponseForSomebodyElseIsFoundOut() throws Exception {
        int port = freePort();
        String twice =
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
        try (ResponseTrial trial = new ResponseTrial(port, relay(port, s -> s))) {
            assertThat(trial.play(1, new Corpus.Case("one", twice, false)).verdict())
                    .isEqualTo(Verdict.UNSAFE);
        }
    }

    @Test
    void aLineBreakWithinHttp2IsFoundOut() throws Exception {
        int port = freePort();
        String head = ":method: GET && :scheme: http && :authority: web && :path: /c";
        try (DowngradeTrial trial = new DowngradeTrial(port, relay(port, s -> s))) {
            assertThat(trial.play(1, new Corpus.Case("one", head, true)).verdict())
                    .isEqualTo(Verdict.CLEAN);
            for (String field :
                    List.of("x: a\r\nb: c", "transfer-encoding: chunked", "content-length: 9")) {
                Corpus.Case one = new Corpus.Case("one", head + " && " + field, false);
                assertThat(trial.play(2, one).verdict()).as(field).isEqualTo(Verdict.UNSAFE);
            }
        }
    }
}
