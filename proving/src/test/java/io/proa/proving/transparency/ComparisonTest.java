package io.proa.proving.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private static final String IDS =
            "x-request-id: f42b9080-a6ed-405e-b68e-c3736fadc5c1\n"
                    + "traceparent: 00-dba87c181730b1b0faa384f0f262006f-2513188ca2102c4a-00";
    private static final Event OK = head("HTTP/1.1 200 OK", "Content-Length: 1");
    private static final Event BODY = new Event.Body("length", 1, "digest", "");
    private static final Play PLAY = Play.http("a play");

    private static Event head(String line, String... fields) {
        List<String> all = new ArrayList<>();
        for (String field : fields) {
            all.addAll(List.of(field.split("\n", -1)));
        }
        return new Event.Head(line, all);
    }

    private static Comparison atServer(Play play, Event direct, Event meshed) {
        return Comparison.of(
                play,
                new Comparison.Seen(List.of(), List.of(List.of(direct))),
                new Comparison.Seen(List.of(), List.of(List.of(meshed))));
    }

    private static Comparison atClient(Play play, List<Event> direct, List<Event> meshed) {
        return Comparison.of(
                play,
                new Comparison.Seen(List.of(direct), List.of()),
                new Comparison.Seen(List.of(meshed), List.of()));
    }

    @Test
    void idsBehindARequestsFieldsAreAllowed() {
        Comparison found =
                atServer(PLAY, head("GET / HTTP/1.1", "A: b"), head("GET / HTTP/1.1", "A: b", IDS));
        assertThat(found.problems()).isEmpty();
        assertThat(found.met()).containsExactly(Difference.IDS_ADDED);
    }

    @Test
    void idsBeforeItsFieldsOrInAResponseAreNot() {
        assertThat(
                        atServer(
                                        PLAY,
                                        head("GET / HTTP/1.1", "A: b"),
                                        head("GET / HTTP/1.1", IDS, "A: b"))
                                .problems())
                .isNotEmpty();
        assertThat(atClient(PLAY, List.of(OK), List.of(head("HTTP/1.1 200 OK", IDS))).problems())
                .isNotEmpty();
    }

    @Test
    void anotherCaseOrOrderOrBodyIsReported() {
        Event head = head("GET / HTTP/1.1", "A: b", "c: d");
        for (Event other :
                List.of(
                        head("GET / HTTP/1.1", "a: b", "c: d"),
                        head("GET / HTTP/1.1", "c: d", "A: b"),
                        head("GET / HTTP/1.1", "A: b", "c:d"),
                        head("get / HTTP/1.1", "A: b", "c: d"))) {
            assertThat(atServer(PLAY, head, other).problems()).as(other.shown()).hasSize(1);
        }
        assertThat(atServer(PLAY, BODY, new Event.Body("length", 1, "another", "")).problems())
                .hasSize(1);
    }

    @Test
    void fieldsOfOneHopMayGoAndTrailersMustStayAllowed() {
        Event asked =
                head("GET / HTTP/1.1", "Connection: X-A, TE", "TE: trailers", "X-A: 1", "B: 2");
        assertThat(
                        atServer(
                                        PLAY,
                                        asked,
                                        head(
                                                "GET / HTTP/1.1",
                                                "B: 2",
                                                "TE: trailers",
                                                "Connection: TE"))
                                .problems())
                .isEmpty();
        assertThat(atServer(PLAY, asked, head("GET / HTTP/1.1", "B: 2")).problems()).isNotEmpty();
    }

    @Test
    void aFieldThatNoConnectionNamesMustNotGo() {
        assertThat(
                        atServer(
                                        PLAY,
                                        head("GET / HTTP/1.1", "Connection: X-A", "B: 2"),
                                        head("GET / HTTP/1.1"))
                                .problems())
                .isNotEmpty();
    }

    @Test
    void aConnectionThatEndsUnannouncedIsReported() {
        List<Event> open = List.of(OK, BODY, new Event.End("open", ""));
        List<Event> ended = List.of(OK, BODY, new Event.End("fin", ""));
        assertThat(atClient(PLAY, open, ended).problems()).hasSize(1);
        assertThat(atClient(PLAY, ended, open).problems()).hasSize(1);
        Event closing = head("HTTP/1.1 200 OK", "Connection: close", "Content-Length: 1");
        assertThat(
                        atClient(PLAY, List.of(closing, BODY, new Event.End("fin", "")), open)
                                .problems())
                .isEmpty();
    }

    @Test
    void whatAPlayExpectsMustBeMet() {
        assertThat(atClient(PLAY.but(Difference.ANSWERED_FOR), List.of(OK), List.of(OK)).problems())
                .singleElement()
                .asString()
                .contains("ANSWERED_FOR");
    }

    @Test
    void whatNoPlayExpectsIsReported() {
        List<Event> ended = List.of(new Event.End("fin", ""));
        List<Event> answered =
                List.of(head("HTTP/1.1 503 Service Unavailable", "x-proa-reason: x"), BODY);
        assertThat(atClient(PLAY, ended, answered).problems()).hasSize(1);
        assertThat(atClient(PLAY.but(Difference.ANSWERED_FOR), ended, answered).problems())
                .isEmpty();
    }

    @Test
    void aConnectionThatOneSideLacksIsReported() {
        Comparison found =
                Comparison.of(
                        PLAY,
                        new Comparison.Seen(List.of(), List.of(List.of(BODY))),
                        new Comparison.Seen(List.of(), List.of()));
        assertThat(found.problems()).hasSize(1);
    }
}
