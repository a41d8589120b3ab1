package io.proa.control.fleet;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

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

    void enter(
            Collection<String> livePods,
            Collection<String> liveServices,
            FleetAddresses addresses) {
        switch (addresses) {
            case AddressBlocks _ -> {}
            // what one that is gone had may be somebody else's by now
            case SharedLoopback _ -> pods.keySet().retainAll(Set.copyOf(livePods));
        }
        enter(pods, livePods, addresses.capacity(), addresses::isUsable);
        enter(services, liveServices, addresses.capacity(), _ -> true);
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
    private static void enter(
            Map<String, Integer> numbers,
            Collection<String> live,
            int capacity,
            IntPredicate usable) {
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
            int free = free(taken, capacity, usable);
            taken.set(free);
            numbers.put(name, free);
        }
    }

    /// Where none is usable the first one that is free: whoever cannot use it will say so.
    private static int free(BitSet taken, int capacity, IntPredicate usable) {
        int first = taken.nextClearBit(0);
        for (int next = first; next < capacity; next = taken.nextClearBit(next + 1)) {
            if (usable.test(next)) {
                return next;
            }
        }
        return first;
    }
}
