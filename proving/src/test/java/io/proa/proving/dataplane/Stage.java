package io.proa.proving.dataplane;

import io.proa.model.AppProtocol;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.TimeoutRule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// What the tests of a data plane share: everything opened is closed, in reverse, and the planes
/// must be calm then.
class Stage {
    /// The default, but for a machine on which a handshake may take its time.
    static final RouteRule UNHURRIED =
            new RouteRule(
                    "default",
                    List.of(),
                    List.of(),
                    RetryRule.DEFAULT,
                    new TimeoutRule(
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(15),
                            TimeoutRule.DEFAULT.idle(),
                            TimeoutRule.DEFAULT.tcpIdle()));

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Planes planes;

    <T extends AutoCloseable> T keep(T thing) {
        opened.push(thing);
        return thing;
    }

    Planes planes(Planes made) {
        planes = made;
        return made;
    }

    Planes planes() {
        return planes;
    }

    Planes mesh(ScriptedServer application) throws IOException {
        return planes(Planes.mesh(AppProtocol.HTTP, UNHURRIED, keep(application).port()));
    }

    Planes tcp(ScriptedServer application) throws IOException {
        return planes(Planes.mesh(AppProtocol.TCP, UNHURRIED, keep(application).port()));
    }

    /// A client that speaks HTTP/2 to one application.
    Http2Wire streams(ScriptedServer application) throws IOException {
        planes(Planes.mesh(AppProtocol.DETECT, UNHURRIED, keep(application).port()));
        return streams();
    }

    Http2Wire streams(ScriptedServer.Script script) throws IOException {
        return streams(ScriptedServer.playing(script));
    }

    /// Another client that does.
    Http2Wire streams(int... settings) throws IOException {
        return keep(Http2Wire.client(connect(), settings));
    }

    Wire connect() throws IOException {
        return keep(planes.connect());
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        for (AutoCloseable thing : opened) {
            thing.close();
        }
        if (planes != null) {
            try {
                planes.assertCalm();
            } finally {
                planes.close();
            }
        }
    }
}
