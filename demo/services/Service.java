// A demo service in Java's standard library. No retry, no TLS, no metrics, no timeout: that is the sidecar's work.
//
// Settings: NAME, PORT, UPSTREAMS (URLs), FANOUT, PROPAGATE, PAGE and, to misbehave on purpose, FAIL_PERCENT,
// FAIL_STATUS, STALL_PERCENT, STALL_MS, SEED. All services of this folder behave the same; see README.md.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

final class Service {
    static final Map<String, String> ENV = System.getenv();
    static final String NAME = ENV.getOrDefault("NAME", "java");
    static final List<String> UPSTREAMS = ENV.getOrDefault("UPSTREAMS", "").lines().flatMap(s -> Stream.of(s.split(" "))).toList();
    static final boolean FANOUT = setting("FANOUT", 0) == 1, PROPAGATE = setting("PROPAGATE", 0) == 1;
    static final String PAGE = ENV.getOrDefault("PAGE", "");
    static final int FAIL_PERCENT = setting("FAIL_PERCENT", 0), FAIL_STATUS = setting("FAIL_STATUS", 503);
    static final int STALL_PERCENT = setting("STALL_PERCENT", 0), STALL_MS = setting("STALL_MS", 1000);
    static final int SEED = setting("SEED", 1);
    static final List<String> TRACE_HEADERS = List.of("x-request-id", "traceparent", "tracestate", "baggage");
    static final AtomicInteger requests = new AtomicInteger();
    static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    record Answer(boolean ok, String body) {}

    static int setting(String name, int otherwise) {
        return Integer.parseInt(ENV.getOrDefault(name, String.valueOf(otherwise)));
    }

    /// 0 to 99, the same in every language for the n-th request (the 32-bit finalizer of MurmurHash3).
    static int dice(int n) {
        int x = (SEED + n) * 0x9E3779B9;
        x = (x ^ x >>> 16) * 0x85EBCA6B;
        x = (x ^ x >>> 13) * 0xC2B2AE35;
        return (int) (Integer.toUnsignedLong(x ^ x >>> 16) * 100 >>> 32);
    }

    /// The upstream's body where it answers 200, else what went wrong (0: no answer at all).
    static CompletableFuture<Answer> call(String url, HttpRequest.Builder request) {
        return client.sendAsync(request.copy().uri(URI.create(url)).build(), BodyHandlers.ofString())
                .thenApply(response -> response.statusCode() == 200
                        ? new Answer(true, response.body())
                        : new Answer(false, problem(url, response.statusCode())))
                .exceptionally(noAnswer -> new Answer(false, problem(url, 0)));
    }

    static String problem(String url, int status) {
        return "{\"url\":\"" + url + "\",\"status\":" + status + "}";
    }

    static void serve(HttpExchange exchange) throws IOException {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        if (exchange.getRequestURI().getPath().equals("/healthz")) {
            send(exchange, 200, "application/json", "{\"name\":\"" + NAME + "\",\"ok\":true}");
            return;
        } else if (!PAGE.isEmpty() && accept != null && accept.contains("text/html")) {
            send(exchange, 200, "text/html; charset=utf-8", Files.readString(Path.of(PAGE)));
            return;
        }
        String me = "{\"name\":\"" + NAME + "\",\"language\":\"java\"";
        int luck = dice(requests.incrementAndGet());
        if (luck < FAIL_PERCENT) {
            send(exchange, FAIL_STATUS, "application/json", me + ",\"error\":\"fails on purpose\"}");
            return;
        } else if (luck < FAIL_PERCENT + STALL_PERCENT) {
            try {
                Thread.sleep(STALL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
        HttpRequest.Builder request = HttpRequest.newBuilder();
        for (String name : TRACE_HEADERS) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (PROPAGATE && value != null) {
                request.header(name, value);
            }
        }
        Stream<CompletableFuture<Answer>> calls = UPSTREAMS.stream().map(url -> call(url, request));
        if (FANOUT) {
            calls = calls.toList().stream(); // all are under way before the first is waited for
        }
        List<Answer> answers = calls.map(CompletableFuture::join).toList();
        int status = answers.stream().allMatch(Answer::ok) ? 200 : 502;
        String nested = answers.stream().map(Answer::body).collect(Collectors.joining(","));
        send(exchange, status, "application/json", me + ",\"upstreams\":[" + nested + "]}");
    }

    static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes();
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(setting("PORT", 8080)), 128);
        server.createContext("/", Service::serve);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }
}
