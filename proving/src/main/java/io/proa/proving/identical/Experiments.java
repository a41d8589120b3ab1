package io.proa.proving.identical;

import io.proa.proving.identical.Experiment.Call;
import io.proa.proving.identical.Experiment.Connection;
import java.util.ArrayList;
import java.util.List;

/// All rows of the table. The rules they name are in `fleet.yaml`:
///
/// - `plain`: what holds where no policy speaks, but for the budget;
/// - `tries`: 503 and a try longer than 0.8 s are tried again, three attempts in all;
/// - `deadline`: the whole request may take 0.8 s.
final class Experiments {
    private static final int SMALL = 1000;

    /// More than a sidecar keeps of a body for another attempt.
    private static final int BEYOND_REPLAY = 100_000;

    private static final int LARGE = 1 << 20;

    private static final Call GET = Call.of("GET");
    private static final Call PUT = Call.of("PUT", SMALL);
    private static final Call POST = Call.of("POST", SMALL);
    private static final Call EXPECT = new Call("POST", SMALL, "expect");
    private static final Call CHUNKED = new Call("POST", SMALL, "chunked");
    private static final Call LARGE_PUT = Call.of("PUT", BEYOND_REPLAY);

    private final List<Experiment> all = new ArrayList<>();

    private Experiments() {}

    static List<Experiment> all() {
        Experiments experiments = new Experiments();
        experiments.answers();
        experiments.statuses();
        experiments.endsBeforeAByte("fin", "closes (FIN) before a byte");
        experiments.endsBeforeAByte("reset", "resets (RST) before a byte");
        experiments.stalls();
        experiments.brokenAnswers();
        experiments.nobodyListens();
        experiments.seeded();
        return List.copyOf(experiments.all);
    }

    private void answers() {
        on("plain", Connection.FRESH, "ok", "answers 200", GET, POST, Call.of("HEAD"));
        on("plain", Connection.USED, "ok", "answers 200", EXPECT, CHUNKED);
        on("plain", Connection.USED, "ok", "answers 200", Call.of("POST", LARGE));
        on("plain", Connection.USED, "big", "answers 200 with 1 MiB", GET);
        on("plain", Connection.USED, "slow", "answers 200 in five pieces over 0.4 s", GET);
        on("plain", Connection.USED, "nothing", "answers 204", GET);
        on("plain", Connection.USED, "missing", "answers 404", GET);
        several("plain", "bye", "answers 200 with `Connection: close`", GET, 3);
        several("plain", "drop", "answers 200, then closes without a word", GET, 3);
    }

    private void statuses() {
        on("plain", Connection.USED, "once-503", "answers 503 once, then 200", GET, POST);
        on("tries", Connection.USED, "twice-503", "answers 503 twice, then 200", GET, PUT, POST);
        on("tries", Connection.USED, "twice-503", "answers 503 twice, then 200", LARGE_PUT, EXPECT);
        on("tries", Connection.USED, "always-503", "answers 503", GET, PUT, POST);
        on("tries", Connection.USED, "always-500", "answers 500", GET, POST);
    }

    private void endsBeforeAByte(String steps, String meets) {
        on("plain", Connection.FRESH, steps, meets + ", then answers 200", GET, PUT, POST);
        on("plain", Connection.USED, steps, meets + ", then answers 200", GET, PUT, POST);
        on("plain", Connection.USED, steps, meets + ", then answers 200", LARGE_PUT, EXPECT);
        on("tries", Connection.USED, "always-" + steps, meets, GET, POST);
    }

    private void stalls() {
        on("tries", Connection.USED, "stall", "stalls for 1.4 s, then answers 200", GET, PUT, POST);
        on("tries", Connection.USED, "always-stall", "stalls for 1.4 s", GET);
        on("deadline", Connection.USED, "always-stall", "stalls for 1.4 s", GET, POST);
    }

    private void brokenAnswers() {
        broken("cut-head", "breaks off (FIN) within the head");
        broken("cut-length", "breaks off (FIN) within a body with Content-Length");
        broken("cut-chunks", "breaks off (FIN) within a chunked body");
        broken("cut-reset", "breaks off (RST) within a body with Content-Length");
        broken("garbage", "answers what is no HTTP");
        broken("bad-length", "answers with two lengths");
    }

    private void broken(String steps, String meets) {
        on("tries", Connection.USED, steps, meets + ", then answers 200", GET, POST);
    }

    private void nobodyListens() {
        on("tries", Connection.REFUSED, "ok", "does not listen", GET, POST);
    }

    private void seeded() {
        String meets = "draws each step by the seed";
        several("tries", "seeded", meets, GET, 16);
        several("tries", "seeded", meets, POST, 16);
    }

    private void on(String rule, Connection connection, String steps, String meets, Call... calls) {
        for (Call call : calls) {
            add(rule, connection, steps, meets, call, 1);
        }
    }

    private void several(String rule, String steps, String meets, Call call, int times) {
        add(rule, Connection.USED, steps, meets, call, times);
    }

    private void add(
            String rule, Connection connection, String steps, String meets, Call call, int times) {
        String name = "%02d".formatted(all.size() + 1);
        all.add(new Experiment(name, meets, steps, rule, connection, call, times));
    }
}
