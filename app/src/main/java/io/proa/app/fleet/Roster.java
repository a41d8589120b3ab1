package io.proa.app.fleet;

import java.util.ArrayList;
import java.util.List;

/// Who is in a fleet: the pods that its documents ask for and those that have joined, as they are
/// now. Safe for use by several threads.
///
/// @param planned see there
/// @param guests see there
record Roster(PlannedPods planned, Guests guests) {
    /// Those that call before those that are called; last, those that have joined.
    List<RunningPod> pods() {
        List<RunningPod> all = new ArrayList<>();
        inOrder().forEach(pod -> all.add(pod.facts()));
        guests.all().forEach(seat -> all.add(seat.pod().facts()));
        return all;
    }

    /// The same, with what their programs do.
    List<PodStatus> status() {
        List<PodStatus> all = new ArrayList<>();
        for (MeshedPod pod : inOrder()) {
            all.add(status(pod, planned.app(pod.name()), planned.ports().of(pod)));
        }
        for (Guests.Seat seat : guests.all()) {
            all.add(status(seat.pod(), seat.guest().facts(), seat.pod().publishedPorts()));
        }
        return all;
    }

    private List<MeshedPod> inOrder() {
        List<MeshedPod> inOrder = new ArrayList<>();
        for (FleetPlan.Service service : planned.plan().services().reversed()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                MeshedPod one = planned.pod(pod.name());
                if (one != null) {
                    inOrder.add(one);
                }
            }
        }
        return inOrder;
    }

    private static PodStatus status(MeshedPod pod, AppFacts app, List<Integer> published) {
        return new PodStatus(
                pod.facts(),
                pod.service().command(),
                app,
                pod.sidecarPid(),
                pod.home().isAlive() ? pod.home().initPid() : 0,
                pod.service().ports(),
                published,
                pod.plan().address());
    }

    /// @throws IllegalArgumentException where there is no pod of that name
    MeshedPod pod(String name) {
        Guests.Seat seat = guests.seat(name);
        MeshedPod pod = seat == null ? planned.pod(name) : seat.pod();
        if (pod == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        return pod;
    }
}
