package io.proa.proxy.tunnel;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was spoken lately at the ports of the application, by number; the eldest is forgotten where
/// there are too many, since in permissive mode the outside chooses ports. Loop-confined.
public final class FirstWords {
    private static final int MOST = 64;

    private final Map<Integer, FirstWord> words = new LinkedHashMap<>();

    public FirstWord of(int port) {
        FirstWord known = words.get(port);
        if (known == null) {
            if (words.size() >= MOST) {
                words.remove(words.keySet().iterator().next());
            }
            known = new FirstWord();
            words.put(port, known);
        }
        return known;
    }
}
