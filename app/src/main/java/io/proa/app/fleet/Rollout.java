package io.proa.app.fleet;

import io.proa.app.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A changed plan on its way: what is new is started, what is gone is ended, what is otherwise is
/// ended and started; replicas one after the other, so that the others serve meanwhile, and no
/// further where a new one does not start: those get back what they had. For one thread, once.
final class Rollout {
    private final FleetSite site;
    private final ControlLink control;
    private final PlannedPods pods;
    private final Map<String, FleetPlan.Service> wanted = new HashMap<>();
    private final List<MeshedPod> ending = new ArrayList<>();
    private final List<PlannedPods.Wanted> starting = new ArrayList<>();
    private final Set<String> replaced = new HashSet<>();

    /// @param pods as they are
    /// @param next as they are to be, with the addresses that are in use
    Rollout(FleetSite site, ControlLink control, PlannedPods pods, FleetPlan next) {
        this.site = site;
        this.control = control;
        this.pods = pods;
        for (FleetPlan.Service service : next.services()) {
            service.pods().forEach(pod -> wanted.put(pod.name(), service));
        }
        Set<String> staying = new HashSet<>();
        for (MeshedPod pod : pods.all()) {
            FleetPlan.Service service = wanted.get(pod.name());
            if (service != null && service.runsAs(pod.service())) {
                staying.add(pod.name());
            } else {
                ending.add(pod);
            }
        }
        starting.addAll(PlannedPods.wanted(next, staying));
    }

    /// @throws Fault where something does not start
    void run() {
        for (int turn = 0; turn == 0 || !ending.isEmpty() || !starting.isEmpty(); turn++) {
            int now = turn;
            List<MeshedPod> ends =
                    taken(ending, pod -> turn(wanted.get(pod.name()), pod.name()) <= now);
            List<PlannedPods.Wanted> starts =
                    taken(
                            starting,
                            each ->
                                    pods.pod(each.pod().name()) == null
                                            || turn(each.service(), each.pod().name()) <= now);
            ends.forEach(pod -> sayEnd(pod, wanted.containsKey(pod.name())));
            List<MeshedPod> good = ends.stream().filter(pods::isRunning).toList();
            Together.run(
                    ends.stream().<Together.Task>map(pod -> () -> pods.end(pod.name())).toList());
            try {
                pods.start(starts);
            } catch (Fault fault) {
                restore(good, starts);
                throw fault;
            }
            starts.forEach(each -> replaced.add(each.service().name()));
        }
    }

    /// The how manieth of its service's replicas to be replaced it is.
    private static int turn(FleetPlan.@Nullable Service service, String pod) {
        if (service == null) {
            return 0;
        }
        List<String> names = service.pods().stream().map(FleetPlan.PodPlan::name).toList();
        return names.indexOf(pod);
    }

    private static <T> List<T> taken(List<T> from, Predicate<T> which) {
        List<T> taken = from.stream().filter(which).toList();
        from.removeAll(taken);
        return taken;
    }

    private void sayEnd(MeshedPod pod, boolean stays) {
        site.progress()
                .news(
                        pod.name()
                                + (stays
                                        ? " is changed and started anew"
                                        : " is no longer in the document and ends"));
    }

    /// A replica whose changed program does not start gets back the one that it had.
    ///
    /// @param good as they were before
    private void restore(List<MeshedPod> good, List<PlannedPods.Wanted> tried) {
        Map<String, FleetPlan.Service> changed = new HashMap<>();
        tried.forEach(each -> changed.put(each.pod().name(), each.service()));
        List<Together.Task> restoring = new ArrayList<>();
        Set<String> kept = new HashSet<>();
        for (MeshedPod pod : good) {
            FleetPlan.Service service = changed.get(pod.name());
            if (service != null
                    && !pods.hasStarted(pod.name())
                    && !site.closing()
                    && canBeReached(pod.service(), service, kept)) {
                restoring.add(() -> restore(pod));
            }
        }
        Together.run(restoring);
    }

    /// With other ports it is the service that has to have the old ones again, and cannot where
    /// replicas with the new ones are there already.
    ///
    /// @param kept services that have been asked for, to be added to
    private boolean canBeReached(
            FleetPlan.Service before, FleetPlan.Service changed, Set<String> kept) {
        if (before.ports().equals(changed.ports()) || kept.contains(before.name())) {
            return true;
        }
        if (replaced.contains(before.name())) {
            return false;
        }
        kept.add(before.name());
        return control.keep(before.name());
    }

    /// Without regard to its order: it has been started in that before.
    private void restore(MeshedPod before) {
        try {
            pods.startAgain(before);
            site.progress()
                    .news(
                            before.name()
                                    + " runs its last good program again: the changed one does not start");
        } catch (IOException | Fault e) {
            if (!site.closing()) {
                site.progress()
                        .news(
                                before.name()
                                        + " does not start, and neither does its last good program: "
                                        + e.getMessage());
            }
        }
    }
}
