import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A callee in Java's standard library: on sockets, since jdk.httpserver cannot break a connection. See faults.txt. */
class callee {
    static final Map<String, String[]> raw = new ConcurrentHashMap<>();
    static final Map<String, List<String>> cases = new ConcurrentHashMap<>();
    static final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    static String dice(int n) {
        int x = n * 0x9E3779B9;
        x = (x ^ x >>> 16) * 0x85EBCA6B;
        x = (x ^ x >>> 13) * 0xC2B2AE35;
        return cases.get("dice").get((int) (((x ^ x >>> 16) & 0xFFFFFFFFL) * cases.get("dice").size() >> 32));
    }

    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) throw new IOException("closed");
            if (b != '\r') line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads one request and answers it; false when the connection is to be closed. */
    static boolean act(Socket socket, InputStream in) throws Exception {
        String[] start = line(in).split(" ");
        int length = 0;
        boolean chunked = false;
        for (String field; !(field = line(in).toLowerCase()).isEmpty(); ) {
            if (field.startsWith("content-length:")) length = Integer.parseInt(field.substring(15).trim());
            chunked |= field.startsWith("transfer-encoding:");
            if (field.startsWith("expect:")) send(socket, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (!chunked) body.write(in.readNBytes(length));
        for (int size = 1; chunked && size > 0; line(in)) body.write(in.readNBytes(size = Integer.parseInt(line(in), 16)));
        int hash = 0x811C9DC5;
        for (byte b : body.toByteArray()) hash = (hash ^ b & 0xFF) * 0x01000193;
        String text = "%s %d %08x\n".formatted(start[0], body.size(), hash);
        String[] path = start[1].split("/");
        int n = attempts.merge(start[1], 1, Integer::sum);
        Files.writeString(Path.of(System.getenv("LOG")), path[2] + " " + path[4] + " " + text,
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        List<String> steps = cases.get(path[2]);
        String step = steps.get(Math.min(n, steps.size()) - 1);
        if (step.equals("dice")) step = dice(Integer.parseInt(path[3]) * 1000 + Integer.parseInt(path[4]) * 10 + n);
        if (raw.get(step) instanceof String[] fault) {
            send(socket, fault[1]);
            Thread.sleep(50);
            if (fault[0].equals("reset")) socket.setSoLinger(true, 0);
            return false;
        }
        if (step.equals("stall")) Thread.sleep(1400);
        if (step.equals("slow")) {
            send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++, Thread.sleep(80)) send(socket, "4\r\nslow\r\n");
            send(socket, "0\r\n\r\n");
            return true;
        }
        boolean status = Character.isDigit(step.charAt(0));
        text = step.equals("big") ? "abcdefghijklmnop".repeat(65536) : status ? step + "\n" : text;
        String head = "HTTP/1.1 " + (status ? step : "200") + " Said\r\n" + (step.equals("bye") ? "Connection: close\r\n" : "");
        if (step.equals("204")) send(socket, head + "\r\n");
        else send(socket, head + "Content-Length: " + text.length() + "\r\n\r\n" + (start[0].equals("HEAD") ? "" : text));
        return !step.equals("bye") && !step.equals("drop");
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (act(socket, in)) {}
        } catch (Exception e) {
            // the other end has gone
        }
    }

    public static void main(String[] args) throws IOException {
        for (String line : Files.readAllLines(Path.of("faults.txt"))) {
            String[] word = line.split(" ", 4);
            if (word[0].equals("raw")) raw.put(word[1], new String[] {word[2], word.length < 4 ? "" : word[3].replace("\\r\\n", "\r\n")});
            if (word[0].equals("case")) cases.put(word[1], Arrays.asList(line.split(" ")).subList(2, line.split(" ").length));
        }
        try (ServerSocket server = new ServerSocket(Integer.parseInt(System.getenv("PORT")), 128)) {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        }
    }
}
