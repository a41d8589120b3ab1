package io.proa.control.server;

import io.proa.control.authority.RequestRefused;
import io.proa.control.fleet.FleetPod;
import io.proa.control.fleet.FleetState;
import io.proa.identity.Pem;
import io.proa.identity.TrustBundle;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import io.proa.model.Workload;
import io.proa.wire.Bytes;
import io.proa.wire.ClientMessage;
import io.proa.wire.ControlWire;
import io.proa.wire.Credential;
import io.proa.wire.FramedWire;
import io.proa.wire.ServerMessage;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One sidecar's connection, from the challenge to its end. Two virtual threads: one hears, one
/// speaks, so that a sidecar that does not listen holds up nobody but itself.
final class Session {
    private static final int GREETING_BYTES = 64 << 10;
    private static final int LATER_BYTES = 1 << 20;
    private static final int MOST_UNSENT = 64;
    private static final int MOST_DESTINATIONS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern CONTROL_CHARACTERS = Pattern.compile("\\p{Cntrl}+");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ByteChannel channel;
    private final FramedWire<ClientMessage, ServerMessage> wire;
    private final Desk desk;
    private final Sessions sessions;
    private final Instant began;
    private final BlockingQueue<Turn> turns = new LinkedBlockingQueue<>(MOST_UNSENT);
    private final AtomicBoolean refreshWaits = new AtomicBoolean();
    private volatile boolean refreshing;
    private volatile @Nullable String pod;

    /// When the message that is being written was begun; null = none is.
    private volatile @Nullable Instant speakingSince;

    /// Held, and never while waiting, for all below.
    private final Object lock = new Object();

    private final Set<IpPort> subscribed = new HashSet<>();
    private boolean subscribedOnce;
    private @Nullable MeshSnapshot lastSent;
    private long lastNumber;
    private long answeredNumber;
    private Revision lastRevision = Revision.NONE;

    /// What the speaking thread does next.
    private sealed interface Turn {
        record Say(ServerMessage message) implements Turn {}

        /// Sends the snapshot anew if it is another than the last one.
        record Refresh() implements Turn {}

        record Hush() implements Turn {}
    }

    /// Ends the session with a sentence for the peer.
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    Session(ByteChannel channel, Desk desk, Sessions sessions) {
        this.channel = channel;
        this.wire = FramedWire.server(channel, GREETING_BYTES);
        this.desk = desk;
        this.sessions = sessions;
        this.began = desk.steady().instant();
    }

    /// The pod that has proved to be at the other end; null before it has.
    @Nullable String pod() {
        return pod;
    }

    /// Whether the peer has not said who it is, or not taken a message, for too long.
    boolean isOverdue(Instant now) {
        Instant since = pod == null ? began : speakingSince;
        return since != null && since.plus(PATIENCE).isBefore(now);
    }

    /// The fleet has changed: whoever is at the other end may need a new snapshot.
    void refresh() {
        if (refreshWaits.compareAndSet(false, true)) {
            enqueue(new Turn.Refresh());
        }
    }

    /// Whether the sidecar has answered to all that it was to be told by now.
    boolean isSettled() {
        if (refreshWaits.get() || refreshing) { // in this order: the one follows the other
            return false;
        }
        synchronized (lock) {
            return answeredNumber == lastNumber;
        }
    }

    /// Ends the session from outside.
    void end(String reason) {
        enqueue(new Turn.Say(new ServerMessage.Refused(reason)));
        enqueue(new Turn.Hush());
    }

    void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // it is over either way
        }
    }

    /// Hears until the end.
    void run() {
        TokenRegistry.Claim claim = null;
        Thread speaker = null;
        try {
            var nonce = new byte[32];
            RANDOM.nextBytes(nonce);
            say(new ServerMessage.Challenge(ControlWire.VERSION, Bytes.of(nonce)));
            if (!(wire.receive() instanceof ClientMessage.Hello hello)) {
                throw new Refusal("expected hello as the first message");
            }
            Workload workload = workloadOf(hello);
            claim = admit(hello, workload, Bytes.of(nonce));
            pod = hello.pod();
            wire.acceptUpTo(LATER_BYTES);
            sessions.admitted(this, hello.pod());
            sessions.note(hello.pod(), status -> status.connected(hello.sidecarVersion()));
            say(new ServerMessage.Welcome(workload, workload.identity().trustDomain()));
            speaker = Thread.ofVirtual().name("speak-" + hello.pod()).start(this::speak);
            hear(workload, claim);
        } catch (Refusal e) {
            farewell(e.reason(), speaker);
        } catch (IOException e) {
            if (channel.isOpen()) {
                log("broke off: " + e.getMessage());
            }
        } catch (RuntimeException e) {
            log("a fault of the control plane's own: " + e);
        } finally {
            if (claim != null) {
                claim.giveBack();
            }
            close();
            if (speaker != null) {
                speaker.interrupt();
            }
            sessions.ended(this);
        }
    }

    private Workload workloadOf(ClientMessage.Hello hello) throws Refusal {
        if (hello.version() != ControlWire.VERSION) {
            throw new Refusal(
                    "version "
                            + hello.version()
                            + " of the control wire, expected "
                            + ControlWire.VERSION);
        }
        FleetState.Current current = desk.fleet().current();
        FleetPod known = current == null ? null : current.fleet().pod(hello.pod());
        if (known == null) {
            throw new Refusal("pod '" + hello.pod() + "' is not in the fleet");
        }
        return known.workload();
    }

    /// @return the token's claim; null where an identity was proved instead
    private TokenRegistry.@Nullable Claim admit(
            ClientMessage.Hello hello, Workload workload, Bytes nonce) throws Refusal {
        return switch (hello.credential()) {
            case Credential.Token token -> {
                TokenRegistry.Claim claim = desk.tokens().claim(hello.pod(), token.secret());
                if (claim == null) {
                    log("refused a token for pod " + hello.pod());
                    throw new Refusal(
                            "the token is not this pod's, is used or has expired; it works once");
                }
                yield claim;
            }
            case Credential.Proof proof -> {
                String problem =
                        new ProofCheck(desk.authority().bundle(), desk.proofGrace())
                                .problem(
                                        proof,
                                        hello.pod(),
                                        workload.identity(),
                                        nonce,
                                        desk.clock().instant());
                if (!problem.isEmpty()) {
                    log("refused a proof for pod " + hello.pod() + ": " + problem);
                    throw new Refusal(problem);
                }
                yield null;
            }
        };
    }

    private void hear(Workload workload, TokenRegistry.@Nullable Claim claim)
            throws IOException, Refusal {
        while (true) {
            switch (wire.receive()) {
                case null -> {
                    return;
                }
                case ClientMessage.Hello _ -> throw new Refusal("expected one hello only");
                case ClientMessage.CertificateRequest request -> certify(request, workload, claim);
                case ClientMessage.Subscribe subscribe -> subscribe(subscribe.destinations());
                case ClientMessage.Unsubscribe unsubscribe ->
                        unsubscribe(unsubscribe.destinations());
                case ClientMessage.Ack ack -> {
                    Revision revision = answered(ack.number());
                    if (revision != null) {
                        sessions.note(workload.pod(), status -> status.accepted(revision));
                    }
                }
                case ClientMessage.Nack nack -> {
                    answered(nack.number());
                    log("pod " + workload.pod() + " did not take its snapshot: " + nack.problems());
                    sessions.note(workload.pod(), status -> status.refused(nack.problems()));
                }
            }
        }
    }

    private void certify(
            ClientMessage.CertificateRequest request,
            Workload workload,
            TokenRegistry.@Nullable Claim claim)
            throws Refusal {
        Instant now = desk.clock().instant();
        FleetState.Current current = desk.fleet().current();
        if (current == null || current.fleet().pod(workload.pod()) == null) {
            throw new Refusal("pod '" + workload.pod() + "' is no longer in the fleet");
        }
        try {
            List<X509Certificate> chain =
                    desk.authority()
                            .issue(
                                    request.csr().toArray(),
                                    workload.identity(),
                                    desk.certificateLifetime(),
                                    now);
            TrustBundle bundle = desk.authority().bundle();
            if (claim != null && !isSpent(claim)) {
                throw new Refusal("the token has been replaced by a newer one");
            }
            Instant until = chain.getFirst().getNotAfter().toInstant();
            sessions.note(workload.pod(), status -> status.certified(until));
            enqueue(
                    new Turn.Say(
                            new ServerMessage.Identity(
                                    Pem.ofCertificates(chain),
                                    Pem.ofCertificates(bundle.roots()),
                                    bundle.revision())));
        } catch (RequestRefused e) {
            throw new Refusal("no certificate: " + e.getMessage());
        }
    }

    private static boolean isSpent(TokenRegistry.Claim claim) throws Refusal {
        try {
            return claim.spend();
        } catch (IOException e) {
            throw new Refusal("the token's use cannot be kept on disk: " + e.getMessage());
        }
    }

    private void subscribe(Set<IpPort> destinations) throws Refusal {
        synchronized (lock) {
            subscribed.addAll(destinations);
            subscribedOnce = true;
            if (subscribed.size() > MOST_DESTINATIONS) {
                throw new Refusal(
                        "more than "
                                + MOST_DESTINATIONS
                                + " destinations; unsubscribe from those that are idle");
            }
        }
        refresh();
    }

    private void unsubscribe(Set<IpPort> destinations) {
        synchronized (lock) {
            subscribed.removeAll(destinations);
        }
        refresh();
    }

    /// @return the snapshot's revision; null where a newer one is on its way
    private @Nullable Revision answered(long number) throws Refusal {
        synchronized (lock) {
            if (number > lastNumber) {
                throw new Refusal(
                        "an answer to snapshot " + number + ", the last one is " + lastNumber);
            }
            answeredNumber = Math.max(answeredNumber, number);
            return number == lastNumber ? lastRevision : null;
        }
    }

    private void speak() {
        try {
            while (true) {
                switch (turns.take()) {
                    case Turn.Say say -> say(say.message());
                    case Turn.Refresh _ -> sendSnapshot();
                    case Turn.Hush _ -> {
                        close();
                        return;
                    }
                }
            }
        } catch (IOException e) {
            if (channel.isOpen()) {
                log("cannot be told anything: " + e.getMessage());
            }
            close();
        } catch (InterruptedException _) {
            close();
        }
    }

    private void sendSnapshot() throws IOException {
        refreshing = true;
        try {
            // before the look at the state: a change after it asks for another turn
            refreshWaits.set(false);
            sendCurrent();
        } finally {
            refreshing = false;
        }
    }

    private void sendCurrent() throws IOException {
        FleetState.Current current = desk.fleet().current();
        String name = pod;
        if (current == null || name == null) {
            return;
        }
        ServerMessage message;
        synchronized (lock) {
            if (!subscribedOnce) {
                return;
            }
            MeshSnapshot snapshot =
                    current.fleet()
                            .snapshotFor(
                                    name, subscribed, desk.fleet().leaving(), current.revision());
            if (snapshot == null) {
                message = new ServerMessage.Refused("pod '" + name + "' is no longer in the fleet");
                enqueue(new Turn.Hush());
            } else if (snapshot.equals(lastSent)) {
                return;
            } else {
                lastSent = snapshot;
                lastRevision = snapshot.revision();
                message = new ServerMessage.Snapshot(++lastNumber, snapshot);
            }
        }
        say(message);
    }

    /// Called by one thread at a time: by the hearing one until there is a speaking one.
    private void say(ServerMessage message) throws IOException {
        speakingSince = desk.steady().instant();
        wire.send(message);
        speakingSince = null;
    }

    private void enqueue(Turn turn) {
        if (!turns.offer(turn)) {
            log("does not listen, its connection is closed");
            close();
        }
    }

    /// What was to be said before is said before.
    private void farewell(String reason, @Nullable Thread speaker) {
        try {
            if (speaker == null) {
                say(new ServerMessage.Refused(reason));
            } else {
                end(reason);
                speaker.join(PATIENCE);
            }
        } catch (IOException _) {
            // then it goes without a word
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// One line, whatever the peer wrote.
    private void log(String what) {
        String name = pod;
        String line = "control: " + (name == null ? "a connection " : "pod " + name + ": ") + what;
        desk.log().accept(CONTROL_CHARACTERS.matcher(line).replaceAll(" "));
    }
}
