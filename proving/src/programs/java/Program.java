import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** The JDK's own server, or with an argument the JDK's own client. */
public final class Program {
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(System.getenv("PORT"));
        if (args.length == 0) {
            serve(port);
        } else {
            ask("http://" + System.getenv("SERVER") + ":" + port);
        }
    }

    private static void serve(int port) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
                    exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
                    exchange.sendResponseHeaders(200, chunked || body.length == 0 ? 0 : body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.createContext(
                "/none",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
    }

    private static void ask(String url) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        byte[] body = "0123456789".repeat(200_000).getBytes("US-ASCII");
        tell("get", client.send(request(url + "/").build(), HttpResponse.BodyHandlers.ofByteArray()));
        tell("none", client.send(request(url + "/none").build(), HttpResponse.BodyHandlers.ofByteArray()));
        for (boolean expect : new boolean[] {false, true}) {
            HttpRequest put =
                    request(url + (expect ? "/chunked" : "/"))
                            .expectContinue(expect)
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build();
            tell("put", client.send(put, HttpResponse.BodyHandlers.ofByteArray()));
        }
        List<CompletableFuture<HttpResponse<byte[]>>> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            HttpRequest post =
                    request(url + "/" + i)
                            .POST(HttpRequest.BodyPublishers.ofString("body " + i))
                            .build();
            many.add(client.sendAsync(post, HttpResponse.BodyHandlers.ofByteArray()));
        }
        int right = 0;
        for (int i = 0; i < many.size(); i++) {
            HttpResponse<byte[]> response = many.get(i).get();
            if (new String(response.body()).equals("body " + i)) {
                right++;
            } else {
                System.out.println(response.statusCode() + " " + response.headers().map());
                System.out.println(new String(response.body()));
            }
        }
        System.out.println("many " + right);
    }

    private static HttpRequest.Builder request(String url) {
        // Asks for an upgrade to HTTP/2 as this client always does where it may.
        return HttpRequest.newBuilder(URI.create(url)).header("X-Odd-cASE", "1");
    }

    private static void tell(String name, HttpResponse<byte[]> response) throws Exception {
        TreeMap<String, List<String>> headers = new TreeMap<>(response.headers().map());
        headers.keySet().removeIf(key -> key.matches("date|connection|keep-alive"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(response.body());
        System.out.println(
                name + " " + response.version() + " " + response.statusCode() + " " + headers + " "
                        + response.body().length + " " + HexFormat.of().formatHex(digest, 0, 8));
    }
}
