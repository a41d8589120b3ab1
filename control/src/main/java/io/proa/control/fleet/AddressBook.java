package io.proa.control.fleet;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which number each name has, so that a service or pod keeps its addresses however the intent
/// changes around it.
///
/// A name that is gone keeps its number until all others are taken: it comes back to where its
/// callers look for it. Not thread-safe.
public final class AddressBook {
    private final Map<String, Integer> pods;
    private final Map<String, Integer> services;

    public AddressBook() {
        this(Map.of(), Map.of());
    }

    /// One that was kept, see [#pods] and [#services].
    public AddressBook(Map<String, Integer> pods, Map<String, Integer> services) {
        this.pods = new LinkedHashMap<>(pods);
        this.services = new LinkedHashMap<>(services);
    }

    public Map<String, Integer> pods() {
        return new TreeMap<>(pods);
    }

    public Map<String, Integer> services() {
        return new TreeMap<>(services);
    }

    void enter(Collection<String> livePods, Collection<String> liveServices, int capacity) {
        enter(pods, livePods, capacity);
        enter(services, liveServices, capacity);
    }

    int pod(String name) {
        return number(pods, name);
    }

    int service(String name) {
        return number(services, name);
    }

    private static int number(Map<String, Integer> numbers, String name) {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException("'" + name + "' is not in the address book");
        }
        return number;
    }

    /// The caller has made sure that `live` is not more than `capacity`. Numbers beyond it are of a
    /// time of larger blocks.
    private static void enter(Map<String, Integer> numbers, Collection<String> live, int capacity) {
        numbers.values().removeIf(number -> number >= capacity);
        var names = Set.copyOf(live);
        var taken = new BitSet();
        numbers.values().forEach(taken::set);
        for (String name : live) {
            if (numbers.containsKey(name)) {
                continue;
            }
            if (numbers.size() >= capacity) {
                numbers.keySet().retainAll(names);
                taken.clear();
                numbers.values().forEach(taken::set);
            }
            int free = taken.nextClearBit(0);
            taken.set(free);
            numbers.put(name, free);
        }
    }
}
