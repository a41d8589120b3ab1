import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A caller in Java's standard library: reads calls, makes them one after the other, says what came back. */
class caller {
    static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static String call(String method, String url, String size, String how) throws InterruptedException {
        BodyPublisher body = BodyPublishers.noBody();
        if (!size.equals("-")) {
            byte[] data = new byte[Integer.parseInt(size)];
            for (int i = 0; i < data.length; i++) data[i] = (byte) ('a' + i % 26);
            body = how.equals("chunked")
                    ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(data))
                    : BodyPublishers.ofByteArray(data);
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).method(method, body)
                .expectContinue(how.equals("expect")).timeout(Duration.ofSeconds(10)).build();
        String start = "0 -";
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            start = response.statusCode() + " " + response.headers().firstValue("x-proa-reason").orElse("-");
            byte[] data = response.body().readAllBytes();
            int hash = 0x811C9DC5;
            for (byte b : data) hash = (hash ^ b & 0xFF) * 0x01000193;
            return "%s %d:%08x".formatted(start, data.length, hash);
        } catch (IOException e) {
            return start + (start.startsWith("0") ? " none # " : " broken # ") + e;
        }
    }

    public static void main(String[] args) throws Exception {
        try (ServerSocket keep = new ServerSocket(Integer.parseInt(System.getenv("PORT")));
                BufferedReader calls = Files.newBufferedReader(Path.of(System.getenv("CALLS")));
                PrintStream results = new PrintStream(System.getenv("RESULTS"))) {
            for (String line; (line = calls.readLine()) != null; ) {
                String[] word = line.split(" ");
                results.println(call(word[0], word[1], word[2], word[3]));
            }
        }
    }
}
