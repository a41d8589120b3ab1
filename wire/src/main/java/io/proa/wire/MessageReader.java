package io.proa.wire;

import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.model.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messages from JSON: one object with one field, the message's kind (`{"ack": {"number": 3}}`).
final class MessageReader {
    private final JsonReader in;

    private MessageReader(JsonReader in) {
        this.in = in;
    }

    static ClientMessage client(byte[] json) throws MalformedMessage {
        return JsonReader.read(json, 0, json.length, in -> new MessageReader(in).client());
    }

    static ServerMessage server(byte[] json) throws MalformedMessage {
        return JsonReader.read(json, 0, json.length, in -> new MessageReader(in).server());
    }

    private ClientMessage client() throws MalformedMessage {
        in.beginObject();
        ClientMessage message = null;
        while (in.nextField()) {
            onlyOne(message);
            message =
                    switch (in.field()) {
                        case "hello" -> hello();
                        case "certificateRequest" -> certificateRequest();
                        case "subscribe" -> new ClientMessage.Subscribe(destinations());
                        case "unsubscribe" -> new ClientMessage.Unsubscribe(destinations());
                        case "ack" -> ack();
                        case "nack" -> nack();
                        default ->
                                throw in.unknownField(
                                        "hello, certificateRequest, subscribe, unsubscribe, ack, nack");
                    };
        }
        return in.required("hello or another message", message);
    }

    private ServerMessage server() throws MalformedMessage {
        in.beginObject();
        ServerMessage message = null;
        while (in.nextField()) {
            onlyOne(message);
            message =
                    switch (in.field()) {
                        case "challenge" -> challenge();
                        case "welcome" -> welcome();
                        case "identity" -> identity();
                        case "snapshot" -> snapshot();
                        case "refused" -> refused();
                        default ->
                                throw in.unknownField(
                                        "challenge, welcome, identity, snapshot, refused");
                    };
        }
        return in.required("challenge or another message", message);
    }

    private void onlyOne(@Nullable Object earlier) throws MalformedMessage {
        if (earlier != null) {
            throw in.fault("saw a second message in one frame, expected one");
        }
    }

    private ClientMessage hello() throws MalformedMessage {
        Integer version = null;
        String pod = null;
        String sidecarVersion = null;
        Credential credential = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "version" -> version = (int) in.number(0, Integer.MAX_VALUE);
                case "pod" -> pod = in.text();
                case "sidecarVersion" -> sidecarVersion = in.text();
                case "token" -> {
                    onlyOne(credential);
                    credential = new Credential.Token(in.text());
                }
                case "proof" -> {
                    onlyOne(credential);
                    credential = proof();
                }
                default -> throw in.unknownField("version, pod, sidecarVersion, token, proof");
            }
        }
        return new ClientMessage.Hello(
                in.required("version", version),
                in.required("pod", pod),
                in.required("sidecarVersion", sidecarVersion),
                in.required("token or proof", credential));
    }

    private Credential proof() throws MalformedMessage {
        String chain = null;
        Bytes signature = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "chain" -> chain = in.text();
                case "signature" -> signature = binary();
                default -> throw in.unknownField("chain, signature");
            }
        }
        return new Credential.Proof(
                in.required("chain", chain), in.required("signature", signature));
    }

    private ClientMessage certificateRequest() throws MalformedMessage {
        Bytes csr = null;
        in.beginObject();
        while (in.nextField()) {
            in.expectField("csr");
            csr = binary();
        }
        return new ClientMessage.CertificateRequest(in.required("csr", csr));
    }

    private Set<IpPort> destinations() throws MalformedMessage {
        Set<IpPort> destinations = null;
        in.beginObject();
        while (in.nextField()) {
            in.expectField("destinations");
            destinations = new SnapshotReader(in).destinations();
        }
        return in.required("destinations", destinations);
    }

    private ClientMessage ack() throws MalformedMessage {
        Long number = null;
        in.beginObject();
        while (in.nextField()) {
            in.expectField("number");
            number = in.number(1, Long.MAX_VALUE);
        }
        return new ClientMessage.Ack(in.required("number", number));
    }

    private ClientMessage nack() throws MalformedMessage {
        Long number = null;
        List<ConfigProblem> problems = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "number" -> number = in.number(1, Long.MAX_VALUE);
                case "problems" -> problems = problems();
                default -> throw in.unknownField("number, problems");
            }
        }
        return new ClientMessage.Nack(
                in.required("number", number), in.required("problems", problems));
    }

    private List<ConfigProblem> problems() throws MalformedMessage {
        var problems = new ArrayList<ConfigProblem>();
        in.beginArray();
        while (in.nextElement()) {
            problems.add(problem());
        }
        return problems;
    }

    private ConfigProblem problem() throws MalformedMessage {
        String source = null;
        int line = 0;
        int column = 0;
        String message = null;
        String hint = "";
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "source" -> source = in.text();
                case "line" -> line = (int) in.number(0, Integer.MAX_VALUE);
                case "column" -> column = (int) in.number(0, Integer.MAX_VALUE);
                case "message" -> message = in.text();
                case "hint" -> hint = in.text();
                default -> throw in.unknownField("source, line, column, message, hint");
            }
        }
        return new ConfigProblem(
                in.required("source", source), line, column, in.required("message", message), hint);
    }

    private ServerMessage challenge() throws MalformedMessage {
        Integer version = null;
        Bytes nonce = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "version" -> version = (int) in.number(0, Integer.MAX_VALUE);
                case "nonce" -> nonce = binary();
                default -> throw in.unknownField("version, nonce");
            }
        }
        return new ServerMessage.Challenge(
                in.required("version", version), in.required("nonce", nonce));
    }

    private ServerMessage welcome() throws MalformedMessage {
        Workload workload = null;
        String trustDomain = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "workload" -> workload = new SnapshotReader(in).workload();
                case "trustDomain" -> trustDomain = in.text();
                default -> throw in.unknownField("workload, trustDomain");
            }
        }
        return new ServerMessage.Welcome(
                in.required("workload", workload), in.required("trustDomain", trustDomain));
    }

    private ServerMessage identity() throws MalformedMessage {
        String chain = null;
        String bundle = null;
        Long bundleRevision = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "chain" -> chain = in.text();
                case "bundle" -> bundle = in.text();
                case "bundleRevision" -> bundleRevision = in.number(0, Long.MAX_VALUE);
                default -> throw in.unknownField("chain, bundle, bundleRevision");
            }
        }
        return new ServerMessage.Identity(
                in.required("chain", chain),
                in.required("bundle", bundle),
                in.required("bundleRevision", bundleRevision));
    }

    private ServerMessage snapshot() throws MalformedMessage {
        Long number = null;
        MeshSnapshot snapshot = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "number" -> number = in.number(1, Long.MAX_VALUE);
                case "snapshot" -> snapshot = new SnapshotReader(in).snapshot();
                default -> throw in.unknownField("number, snapshot");
            }
        }
        return new ServerMessage.Snapshot(
                in.required("number", number), in.required("snapshot", snapshot));
    }

    private ServerMessage refused() throws MalformedMessage {
        String reason = null;
        in.beginObject();
        while (in.nextField()) {
            in.expectField("reason");
            reason = in.text();
        }
        return new ServerMessage.Refused(in.required("reason", reason));
    }

    private Bytes binary() throws MalformedMessage {
        try {
            return Bytes.parse(in.text());
        } catch (IllegalArgumentException _) {
            throw in.unexpected("base64");
        }
    }
}
