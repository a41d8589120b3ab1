package io.proa.proxy;

import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.tunnel.FirstBytes;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.SpokenProtocol;
import io.proa.traffic.Timeout;
import io.proa.traffic.TimerWheel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds out what a connection speaks: whoever speaks first decides.
///
/// The client's first bytes are judged as they come. While there are none the server is connected
/// to on trial, unless it is known to answer HTTP; it may speak first. One answer is given, once;
/// on the connection's loop.
final class Detection {
    /// A client that says nothing for so long may be waiting for the server to speak first.
    private static final long SILENCE_NANOS = 2_000_000L;

    /// Until a connection is made on trial, which decides nothing: timeouts are up to a tick late,
    /// and a server that speaks first is to be heard within 5 ms of when it would be directly.
    private static final long SPECULATION_NANOS = SILENCE_NANOS - TimerWheel.TICK_NANOS;

    /// One that has begun to say what could be HTTP, and does not go on, is taken at its word.
    private static final long HESITATION_NANOS = 1_000_000_000L;

    /// Where there is no connection to be had, a client of HTTP may still ask and be told why; any
    /// other is not kept from noticing.
    private static final long UNREACHABLE_NANOS = 5_000_000_000L;

    /// The connection in question.
    interface Undecided {
        /// What is remembered of its destination; not asked where HTTP is declared.
        FirstWord firstWord();

        Speculation speculate(Speculation.Heard heard);

        void http(HttpVersion version, DetectedBy how);

        /// @param tried what stands already, or is being connected; null = nothing
        void other(SpokenProtocol spoken, DetectedBy how, @Nullable Speculation tried);
    }

    private final Link link;
    private final boolean declared;
    private final Undecided connection;
    private final Timer timer = new Timer();

    /// How long what the client has begun may take; 0 = it has said nothing.
    private long patience;

    private @Nullable Speculation speculation;
    private boolean unreachable;

    /// @param declared whether it is HTTP by declaration, and told so where it is not: only the
    ///   version remains to be found out
    Detection(Link link, boolean declared, Undecided connection) {
        this.link = link;
        this.declared = declared;
        this.connection = connection;
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            if (patience > 0) {
                other(SpokenProtocol.OPAQUE);
            } else if (unreachable) {
                Objects.requireNonNull(speculation).giveUp();
            } else {
                silent(link.loop().now());
            }
        }
    }

    /// From now on either side may speak; what the client has said already is still to be judged.
    void begin() {
        if (declared) {
            return;
        }
        long now = link.loop().now();
        if (connection.firstWord().who(now) == FirstWord.Who.UNKNOWN) {
            link.loop().schedule(timer, SPECULATION_NANOS);
        } else {
            silent(now);
        }
    }

    /// The client has said nothing, and it is time to do something about it, or not yet.
    private void silent(long now) {
        FirstWord word = connection.firstWord();
        FirstWord.Seen seen = word.seen(now);
        if (word.who(now) == FirstWord.Who.HTTP_CLIENT && seen != null) {
            // Looked at again when that is no longer believed: nobody waits for ever.
            link.loop().schedule(timer, seen.believedFor(now));
            return;
        }
        Heard heard = new Heard(word.who(now) == FirstWord.Who.SERVER);
        Speculation tried = connection.speculate(heard);
        speculation = tried;
        if (unreachable) {
            heard.unreachable(tried);
        }
    }

    private final class Heard implements Speculation.Heard {
        /// Whether the server is known to speak first.
        private final boolean known;

        Heard(boolean known) {
            this.known = known;
        }

        @Override
        public void serverSpoke(boolean said) {
            DetectedBy how = known ? DetectedBy.REMEMBERED : DetectedBy.SPECULATION;
            if (said) {
                connection.firstWord().saw(SpokenProtocol.SERVER_FIRST, how, link.loop().now());
            }
            other(said ? SpokenProtocol.SERVER_FIRST : SpokenProtocol.OPAQUE, how);
        }

        @Override
        public void failed() {
            unreachable = true;
            if (speculation != null) {
                unreachable(speculation);
            }
        }

        void unreachable(Speculation tried) {
            if (known) {
                timer.cancel();
                tried.giveUp();
            } else if (patience == 0) {
                link.loop().schedule(timer, UNREACHABLE_NANOS);
            }
        }
    }

    /// Judges what the client has said so far.
    ///
    /// @param ended whether it says no more
    void judge(boolean ended) {
        Slab slab = link.in;
        if (slab == null) {
            if (ended) {
                // Whoever has nothing to say may still want to hear something.
                other(SpokenProtocol.OPAQUE);
            }
            return;
        }
        switch (FirstBytes.judge(slab.whole(), slab.head, slab.tail)) {
            case HTTP1 -> http(HttpVersion.HTTP1);
            case HTTP2 -> http(HttpVersion.HTTP2);
            case TLS -> other(SpokenProtocol.TLS);
            case OPAQUE -> other(SpokenProtocol.OPAQUE);
            case WORD -> hesitates(ended, httpIsSpoken() ? HESITATION_NANOS : SILENCE_NANOS);
            case MORE -> hesitates(ended, HESITATION_NANOS);
        }
    }

    private boolean httpIsSpoken() {
        return declared
                || connection.firstWord().who(link.loop().now()) == FirstWord.Who.HTTP_CLIENT;
    }

    private void hesitates(boolean ended, long nanos) {
        if (ended || link.inputFull()) {
            // More will not come, or could not be read.
            other(SpokenProtocol.OPAQUE);
        } else if (nanos > patience) {
            patience = nanos;
            link.loop().schedule(timer, nanos);
        }
    }

    /// By what the client has said, or has not.
    private void other(SpokenProtocol spoken) {
        if (declared) {
            http(HttpVersion.HTTP1);
        } else {
            other(spoken, DetectedBy.FIRST_BYTES);
        }
    }

    private void other(SpokenProtocol spoken, DetectedBy how) {
        timer.cancel();
        connection.other(spoken, how, unreachable ? null : speculation);
    }

    private void http(HttpVersion version) {
        end();
        connection.http(version, declared ? DetectedBy.DECLARED : DetectedBy.FIRST_BYTES);
    }

    /// Nothing is to be found out any more.
    void end() {
        timer.cancel();
        if (speculation != null) {
            speculation.withdraw();
        }
    }
}
