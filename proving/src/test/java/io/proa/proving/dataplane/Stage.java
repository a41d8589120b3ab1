package io.proa.proving.dataplane;

import io.proa.model.AppProtocol;
import io.proa.model.RouteRule;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;

/// What the tests of a data plane share: everything opened is closed, in reverse, and the planes
/// must be calm then.
class Stage {
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
        return planes(Planes.mesh(AppProtocol.HTTP, RouteRule.DEFAULT, keep(application).port()));
    }

    Planes tcp(ScriptedServer application) throws IOException {
        return planes(Planes.mesh(AppProtocol.TCP, RouteRule.DEFAULT, keep(application).port()));
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
