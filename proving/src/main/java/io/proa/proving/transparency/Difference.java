package io.proa.proving.transparency;

import java.util.List;

/// The closed list of what an application may see otherwise beside a sidecar than without; what is
/// not here fails the proof. In the order in which they are taken away.
enum Difference {
    SOURCE(
            true,
            "The server sees connections come from its own pod's address, not from the client's.",
            "They come from its own sidecar. Who really called is known by certificate, not by"
                    + " address.",
            Reconciling::source),
    REFUSED_LATER(
            false,
            "Where nobody listens, the client's connection is accepted first and then reset; where"
                    + " HTTP is spoken, a request gets 503 with `x-proa-reason`.",
            "The sidecar accepts before it knows whether it will reach anybody.",
            Reconciling::refusedLater),
    ANSWERED_FOR(
            false,
            "Where the server ends the connection without an answer, an HTTP client gets 502 or 503"
                    + " with `x-proa-reason` in place of the bare end.",
            "The client's connection is its own with its sidecar, and an answer can say why.",
            Reconciling::answeredFor),
    TRIED_AGAIN(
            false,
            "An idempotent request that a connection in use has lost is sent again, so a server may"
                    + " see it a second time, and the client sees the second answer.",
            "Whatever races with the end of an idle connection is no failure; see"
                    + " [retries.md](retries.md).",
            Reconciling::triedAgain),
    RECONNECTED(
            false,
            "A request after the server has ended its idle connection is answered, where without a"
                    + " sidecar it is lost.",
            "The client's connection did not end with the server's; the request goes by another.",
            Reconciling::reconnected),
    BROKEN_OFF(
            false,
            "A message that ends too early by FIN ends by RST.",
            "What is incomplete must never look complete to whoever does not count.",
            Reconciling::brokenOff),
    OWN_CONNECTIONS(
            true,
            "A server that announces the end of its connection ends that with its sidecar; the"
                    + " client's stays open for further requests.",
            "Connections of the client and of the server are two; each ends for its own reasons.",
            Reconciling::ownConnections),
    REFUSED_HEAD(
            false,
            "A head of more than 60 KiB or 128 fields is answered 431, one that two readers could"
                    + " read differently 400, by the sidecar, and its connection ends.",
            "[Decision 5](decisions/0005-strict-reading.md): request smuggling lives from such"
                    + " heads.",
            Reconciling::refusedHead),
    EMPTY_LINE(
            false,
            "An empty line before a request is left out.",
            "RFC 9112, section 2.2: it belongs to no message.",
            Reconciling::emptyLine),
    VERSION(
            false,
            "HTTP/1.0 is passed on as HTTP/1.1, in both directions.",
            "RFC 9112, section 2.3: each sender states its own version.",
            Reconciling::version),
    INTERIM_NOT_FOR_10(
            false,
            "A client of HTTP/1.0 gets no interim responses.",
            "RFC 9110, section 15.2: that version knows none.",
            Reconciling::interim),
    UNCHUNKED_FOR_10(
            false,
            "A client of HTTP/1.0 gets a chunked response without chunk lines and trailers, ended"
                    + " by the connection's end.",
            "That version knows no chunks, and the server was asked in HTTP/1.1.",
            Reconciling::unchunked),
    HOST_ADDED(
            false,
            "A request of HTTP/1.0 without Host gets one.",
            "It travels on as HTTP/1.1, which demands it.",
            Reconciling::host),
    PATH_ONLY(
            false,
            "A whole URI in the request line (`GET http://web/a`) becomes its path (`GET /a`).",
            "RFC 9112, section 3.2: this is the form for an origin server; Host says the rest.",
            Reconciling::pathOnly),
    EXPECT_WITHOUT_BODY(
            false,
            "`Expect: 100-continue` of a request without a body is left out.",
            "Nobody would wait for it.",
            Reconciling::expect),
    NO_LENGTH(
            false,
            "`Content-Length: 0` in a 204 response is left out.",
            "RFC 9110, section 8.6: it must not stand there.",
            Reconciling::noLength),
    INVALID_IDS(
            false,
            "An `x-request-id` or `traceparent` that cannot be kept is replaced.",
            "Only what is well-formed is trusted in logs and traces.",
            Reconciling::invalidIds),
    OWN_FIELDS(
            false,
            "Fields named `x-proa-attempt`, `x-proa-deadline-ms` and `x-proa-reason` are left out.",
            "With them sidecars talk to each other; applications must not be able to forge them.",
            Reconciling::ownFields),
    BAGGAGE(
            false,
            "A request's `baggage` gains the member `proa-trace`; of several such fields one is"
                    + " made.",
            "Applications that hand it on let a call be known as a consequence of another; see"
                    + " [retries.md](retries.md).",
            Reconciling::baggage),
    COOKIES_JOINED(
            false,
            "HTTP/2: cookies that come in several fields go on in one, as the last field but the"
                    + " sidecar's own.",
            "RFC 9113, section 8.2.3: that is what they mean.",
            Http2Reconciling::cookies),
    EARLY_ANSWER(
            false,
            "HTTP/2: where the answer has ended before the request's body, the server gets a reset"
                    + " (CANCEL) in place of the rest; the client may go on, and nobody hears it.",
            "With its answer an exchange is over: what becomes of the rest could be told to nobody.",
            Http2Reconciling::earlyAnswer),
    RESET_AS_CANCEL(
            false,
            "HTTP/2: a client's reset reaches the server as CANCEL, whatever its code; a server's"
                    + " reaches the client with its code.",
            "For the server it is its own sidecar that gives up the request.",
            Http2Reconciling::cancelled),
    IDS_ADDED(
            true,
            "A request gains `x-request-id` and `traceparent`, and, where it is repeated or has a"
                    + " deadline, `baggage` (`proa-trace=...`), as its last fields, where it has"
                    + " none.",
            "By them a request is found again in logs and traces, and the calls made on its behalf"
                    + " are known.",
            Reconciling::idsAdded),
    FIELDS_OF_ONE_HOP(
            true,
            "`Connection`, and the fields it names, `Keep-Alive`, `Proxy-Connection`, `TE`,"
                    + " `HTTP2-Settings` and `Upgrade` to anything but WebSocket go no further than the"
                    + " sidecar, which says its own `Connection` where it has to, as the last field."
                    + " `TE: trailers` and an upgrade to WebSocket are passed on.",
            "RFC 9110, section 7.6.1: they speak of one connection, and here there are three.",
            Reconciling::hops);

    /// Takes a difference away on both sides.
    @FunctionalInterface
    interface Rule {
        /// @return whether it was there
        boolean reconcile(Pairing pairing);
    }

    /// The same connection as it was seen without and with sidecars.
    ///
    /// @param server whether the server saw it, else the client
    /// @param direct without; may be changed
    /// @param meshed with; may be changed
    record Pairing(boolean server, List<Event> direct, List<Event> meshed) {}

    /// Whether it may be met everywhere; else only where a play says so.
    final boolean everywhere;

    final String what;
    final String why;

    @SuppressWarnings("ImmutableEnumChecker") // all of them are functions without state
    final Rule rule;

    Difference(boolean everywhere, String what, String why, Rule rule) {
        this.everywhere = everywhere;
        this.what = what;
        this.why = why;
        this.rule = rule;
    }
}
