package io.proa.wire;

import io.proa.model.IpPort;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The destinations a link is subscribed to, boundedly many.
///
/// An application may talk to more destinations than a control plane follows for one sidecar. Then
/// the oldest are forgotten, those outside the mesh first: they are the cheapest to ask for again,
/// and to be refused for too many would cost the sidecar its renewals as well.
final class Wishes {
    /// Below what the control plane takes, 10,000.
    static final int MOST = 8192;

    private final Set<IpPort> wanted = new LinkedHashSet<>();
    private Set<IpPort> outside = Set.of();

    /// What changed.
    record Change(Set<IpPort> added, Set<IpPort> removed) {}

    Set<IpPort> all() {
        return wanted;
    }

    /// @param outside those of the last snapshot that belong to no service
    void learn(Set<IpPort> outside) {
        this.outside = outside;
    }

    Change add(Collection<IpPort> destinations) {
        var added = new LinkedHashSet<IpPort>();
        var removed = new LinkedHashSet<IpPort>();
        for (IpPort destination : destinations) {
            if (wanted.contains(destination)) {
                continue;
            }
            if (wanted.size() >= MOST) {
                IpPort oldest = forgetOldest();
                if (!added.remove(oldest)) {
                    removed.add(oldest);
                }
            }
            wanted.add(destination);
            if (!removed.remove(destination)) {
                added.add(destination);
            }
        }
        return new Change(added, removed);
    }

    Change remove(Collection<IpPort> destinations) {
        var removed = new LinkedHashSet<IpPort>(destinations);
        removed.retainAll(wanted);
        List.copyOf(removed).forEach(wanted::remove);
        return new Change(Set.of(), removed);
    }

    private IpPort forgetOldest() {
        IpPort oldest = wanted.iterator().next();
        for (Iterator<IpPort> each = wanted.iterator(); each.hasNext(); ) {
            IpPort candidate = each.next();
            if (outside.contains(candidate)) {
                oldest = candidate;
                break;
            }
        }
        wanted.remove(oldest);
        return oldest;
    }
}
