package io.proa.wire;

import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// Messages to JSON, as [MessageReader] reads them.
final class MessageWriter {
    private final JsonGenerator out;

    private MessageWriter(JsonGenerator out) {
        this.out = out;
    }

    static byte[] bytes(ClientMessage message) {
        return JsonWriter.compact(out -> new MessageWriter(out).write(message));
    }

    static byte[] bytes(ServerMessage message) {
        return JsonWriter.compact(out -> new MessageWriter(out).write(message));
    }

    private void write(ClientMessage message) {
        out.writeStartObject();
        switch (message) {
            case ClientMessage.Hello hello -> hello(hello);
            case ClientMessage.CertificateRequest request -> {
                begin("certificateRequest");
                binary("csr", request.csr());
            }
            case ClientMessage.Subscribe subscribe -> {
                begin("subscribe");
                destinations(subscribe.destinations());
            }
            case ClientMessage.Unsubscribe unsubscribe -> {
                begin("unsubscribe");
                destinations(unsubscribe.destinations());
            }
            case ClientMessage.Ack ack -> {
                begin("ack");
                out.writeNumberProperty("number", ack.number());
            }
            case ClientMessage.Nack nack -> nack(nack);
        }
        end();
    }

    private void write(ServerMessage message) {
        out.writeStartObject();
        switch (message) {
            case ServerMessage.Challenge challenge -> {
                begin("challenge");
                out.writeNumberProperty("version", challenge.version());
                binary("nonce", challenge.nonce());
            }
            case ServerMessage.Welcome welcome -> {
                begin("welcome");
                out.writeName("workload");
                new SnapshotWriter(out).workload(welcome.workload());
                out.writeStringProperty("trustDomain", welcome.trustDomain());
            }
            case ServerMessage.Identity identity -> {
                begin("identity");
                out.writeStringProperty("chain", identity.chain());
                out.writeStringProperty("bundle", identity.bundle());
                out.writeNumberProperty("bundleRevision", identity.bundleRevision());
            }
            case ServerMessage.Snapshot snapshot -> {
                begin("snapshot");
                out.writeNumberProperty("number", snapshot.number());
                out.writeName("snapshot");
                new SnapshotWriter(out).snapshot(snapshot.snapshot());
            }
            case ServerMessage.Refused refused -> {
                begin("refused");
                out.writeStringProperty("reason", refused.reason());
            }
        }
        end();
    }

    private void hello(ClientMessage.Hello hello) {
        begin("hello");
        out.writeNumberProperty("version", hello.version());
        out.writeStringProperty("pod", hello.pod());
        out.writeStringProperty("sidecarVersion", hello.sidecarVersion());
        switch (hello.credential()) {
            case Credential.Token token -> out.writeStringProperty("token", token.secret());
            case Credential.Proof proof -> {
                begin("proof");
                out.writeStringProperty("chain", proof.chain());
                binary("signature", proof.signature());
                out.writeEndObject();
            }
        }
    }

    private void nack(ClientMessage.Nack nack) {
        begin("nack");
        out.writeNumberProperty("number", nack.number());
        out.writeArrayPropertyStart("problems");
        for (ConfigProblem problem : nack.problems()) {
            out.writeStartObject();
            out.writeStringProperty("source", problem.source());
            out.writeNumberProperty("line", problem.line());
            out.writeNumberProperty("column", problem.column());
            out.writeStringProperty("message", problem.message());
            out.writeStringProperty("hint", problem.hint());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void destinations(Set<IpPort> destinations) {
        out.writeArrayPropertyStart("destinations");
        for (IpPort destination : destinations) {
            out.writeString(destination.toString());
        }
        out.writeEndArray();
    }

    private void begin(String kind) {
        out.writeName(kind);
        out.writeStartObject();
    }

    private void end() {
        out.writeEndObject();
        out.writeEndObject();
    }

    private void binary(String name, Bytes bytes) {
        out.writeStringProperty(name, bytes.toBase64());
    }
}
