package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Sends requests by HTTP/2 and looks at what the application gets. A text is the fields, joined by
/// ` && `, then ` => ` and a body where there is one, then ` => ` and trailers.
final class DowngradeTrial implements Trial {
    private static final int PATIENCE_MILLIS = 2000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final CapturingOrigin origin;
    private final int through;

    DowngradeTrial(int origin, int through) throws IOException {
        this.origin = new CapturingOrigin(origin);
        this.through = through;
    }

    @Override
    public Outcome play(int number, Corpus.Case one) throws IOException, InterruptedException {
        origin.mark();
        String[] parts = one.text().split(" => ", -1);
        try (Peer attacker = new Peer(through)) {
            attacker.say(hello() + request(parts));
            while (!answered(attacker.got()) && attacker.hear(Peer.QUIET_MILLIS)) {
                // Until it is answered, or nothing comes any more.
            }
        }
        String target = RequestTrial.CANARY + number;
        boolean answered = canary(target);
        Outcome outcome =
                Judgement.of(sent(parts), origin.seen(), target, answered ? target : "nothing");
        return outcome.forGood(one.good());
    }

    private static String hello() {
        return PREFACE + text(Http2Frames.frame(4, 0, 0, new byte[0]));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static List<String> fields(String part) {
        List<String> fields = new ArrayList<>();
        for (String field : part.split(" && ", -1)) {
            // A field without a value has lost its last space with its line.
            fields.add(field.endsWith(":") && field.indexOf(": ", 1) < 0 ? field + " " : field);
        }
        return fields;
    }

    private static String request(String[] parts) {
        StringBuilder all = new StringBuilder();
        all.append(
                text(
                        Http2Frames.headers(
                                1, parts.length == 1, Http2Frames.block(fields(parts[0])))));
        if (parts.length > 1) {
            byte[] body = parts[1].getBytes(StandardCharsets.ISO_8859_1);
            all.append(text(Http2Frames.frame(0, parts.length == 2 ? 1 : 0, 1, body)));
        }
        if (parts.length > 2) {
            all.append(text(Http2Frames.headers(1, true, Http2Frames.block(fields(parts[2])))));
        }
        return all.toString();
    }

    /// What may come out at most: one message of this method, path and body.
    private static Reading sent(String[] parts) {
        List<String> fields = Arrays.asList(parts[0].split(" && ", -1));
        String body = parts.length > 1 ? parts[1] : "";
        String announced = value(fields, "content-length");
        if (announced.matches("0|[1-9][0-9]{0,8}") && Integer.parseInt(announced) < body.length()) {
            // More data than announced end the stream, and may come when the message is on its way.
            body = body.substring(0, Integer.parseInt(announced));
        }
        Message message = new Message(value(fields, ":method"), value(fields, ":path"), 0, body);
        return new Reading(List.of(message), End.WHOLE, "", 0);
    }

    private static String value(List<String> fields, String name) {
        for (String field : fields) {
            if (field.startsWith(name + ": ")) {
                return field.substring(name.length() + 2);
            }
        }
        return "";
    }

    /// Whether stream 1 is over, or the connection will be.
    private static boolean answered(String got) {
        for (int at = 0; at + 9 <= got.length(); ) {
            int length = got.charAt(at) << 16 | got.charAt(at + 1) << 8 | got.charAt(at + 2);
            int type = got.charAt(at + 3);
            boolean ours = got.charAt(at + 8) == 1;
            boolean over =
                    type == 7 || ours && (type == 3 || type <= 1 && (got.charAt(at + 4) & 1) != 0);
            if (over && at + 9 + length <= got.length()) {
                return true;
            }
            at += 9 + length;
        }
        return false;
    }

    private boolean canary(String target) throws IOException {
        try (Peer canary = new Peer(through)) {
            String fields = ":method: GET && :scheme: http && :authority: web && :path: " + target;
            canary.say(hello() + request(new String[] {fields}));
            while (!answered(canary.got())) {
                if (!canary.hear(PATIENCE_MILLIS)) {
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        origin.close();
    }
}
