package io.proa.control.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// All sessions, and what is known of each pod. One pod has one session: a newer one ends the
/// older.
final class Sessions {
    private final Set<Session> all = ConcurrentHashMap.newKeySet();
    private final Map<String, Session> byPod = new ConcurrentHashMap<>();
    private final Map<String, PodStatus> status = new ConcurrentHashMap<>();

    void began(Session session) {
        all.add(session);
    }

    void admitted(Session session, String pod) {
        Session older = byPod.put(pod, session);
        if (older != null) {
            older.end("another connection has proved to be pod '" + pod + "'");
        }
    }

    void ended(Session session) {
        all.remove(session);
        String pod = session.pod();
        if (pod != null && byPod.remove(pod, session)) {
            note(pod, PodStatus::disconnected);
        }
    }

    int count() {
        return all.size();
    }

    List<Session> all() {
        return new ArrayList<>(all);
    }

    void note(String pod, UnaryOperator<PodStatus> change) {
        status.compute(
                pod, (_, before) -> change.apply(before == null ? PodStatus.unknown(pod) : before));
    }

    List<PodStatus> status() {
        return new ArrayList<>(new TreeMap<>(status).values());
    }
}
