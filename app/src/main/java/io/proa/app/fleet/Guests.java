package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.host.Attachment;
import io.proa.host.LoopbackPod;
import io.proa.host.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Programs that have joined the fleet: each gets a document, addresses and names from the control
/// plane, and a pod; and loses them when its process has gone. Safe for use by several threads.
final class Guests {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final FleetSite site;
    private final ControlLink control;
    private final Ground ground;
    private final JoinedDocuments documents;
    private final Map<String, Seat> seats = new ConcurrentSkipListMap<>();
    private final Map<String, Thread> leaving = new ConcurrentHashMap<>();
    private AddressView view;

    /// A guest and its pod.
    ///
    /// @param listening set once it is known from where its port can be reached
    record Seat(MeshedPod pod, Guest guest, AtomicBoolean listening) {}

    /// @param view as it is before anybody joins
    Guests(
            FleetSite site,
            ControlLink control,
            Ground ground,
            JoinedDocuments documents,
            AddressView view) {
        this.site = site;
        this.control = control;
        this.ground = ground;
        this.documents = documents;
        this.view = view;
    }

    /// Makes room for a program, which is to be started when this returns.
    ///
    /// @throws Fault where its name or a port is taken, or something could not be started
    Seat join(Joining wish) {
        try {
            Guest.of(wish); // so that nothing is made for one that has gone already
            Entry entry = enter(wish);
            try {
                return seat(entry);
            } catch (IOException | RuntimeException e) {
                withdraw(entry.joining().name());
                throw e;
            }
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
        }
    }

    private record Entry(Joining joining, FleetPlan.PodPlan pod, AddressView view) {}

    private synchronized Entry enter(Joining wish) throws IOException {
        Joining joining = wish.named(view.services());
        ground.check(joining, view.listeners());
        documents.write(joining, false);
        List<String> problems = control.reload().rejected();
        if (!problems.isEmpty()) {
            withdraw(joining.name());
            throw new Fault(Sysexit.DATA, problems, "");
        }
        renew();
        FleetPlan.PodPlan pod = view.pods().get(joining.name() + "-1");
        if (pod == null) {
            withdraw(joining.name());
            throw new IOException("the control plane knows no pod of " + joining.name());
        }
        return new Entry(joining, pod, view);
    }

    private synchronized void withdraw(String name) throws IOException {
        documents.remove(name);
        control.reload();
        renew();
    }

    /// The addresses and names in use; what is known of them before is forgotten.
    synchronized AddressView renewed() throws IOException {
        renew();
        return view;
    }

    private synchronized void renew() throws IOException {
        view = control.fleet();
        ground.updateHosts(view.hosts());
    }

    synchronized Map<String, List<InetAddress>> names() {
        return view.hosts();
    }

    private Seat seat(Entry entry) throws IOException {
        Joining joining = entry.joining();
        FleetPlan.Service service = joining.service(entry.pod());
        MeshedPod pod =
                MeshedPod.start(
                        site,
                        ground,
                        control,
                        new MeshedPod.Order(
                                service,
                                entry.pod(),
                                entry.view().hosts(),
                                joining.accessLog(),
                                joining.running()));
        try {
            pod.publish();
            Seat seat = new Seat(pod, Guest.of(joining), new AtomicBoolean());
            seats.put(pod.name(), seat);
            return seat;
        } catch (IOException | RuntimeException e) {
            pod.end(Duration.ZERO);
            throw e;
        }
    }

    /// Lets those go whose process has gone.
    void look() {
        for (Map.Entry<String, Seat> each : seats.entrySet()) {
            String name = each.getKey();
            lookWhereItListens(each.getValue());
            if (!each.getValue().guest().isAlive() && !leaving.containsKey(name)) {
                leaving.put(name, Thread.ofVirtual().name("leave " + name).start(() -> go(name)));
            }
        }
    }

    /// Many programs listen on their loopback only until they are told otherwise; the sidecar then
    /// has to call them there.
    private void lookWhereItListens(Seat seat) {
        int port = seat.pod().service().port();
        if (port == FleetPlan.NO_PORT || seat.listening().get()) {
            return;
        }
        switch (seat.pod().home()) {
            case Pod _, Attachment _ -> lookInItsNetwork(seat, port);
            case LoopbackPod _ -> seat.listening().set(true); // there is no other address
        }
    }

    private void lookInItsNetwork(Seat seat, int port) {
        try {
            switch (ListeningPorts.reach(seat.pod().home().initPid(), port)) {
                case NOBODY -> {}
                case EVERYBODY -> seat.listening().set(true);
                case LOOPBACK -> {
                    seat.listening().set(true);
                    documents.write(seat.guest().joining(), true);
                    control.reload();
                }
            }
        } catch (IOException _) {
            // The pod is ending.
        }
    }

    private void go(String name) {
        try {
            leave(name);
        } catch (IOException e) {
            if (!site.closing()) {
                site.progress().news("the pod of " + name + " did not end in order: " + e);
            }
        } finally {
            leaving.remove(name);
        }
    }

    /// Ends a guest's program, if it is there still, and its pod.
    void leave(String name) throws IOException {
        Seat seat = seats.get(name);
        if (seat == null) {
            return;
        }
        if (seat.guest().isAlive()) {
            control.leave(name);
            seat.pod().drain(GRACE.dividedBy(2));
        }
        seat.pod().end(GRACE);
        seats.remove(name);
        withdraw(seat.guest().joining().name());
        control.back(name); // the next of that name is another
    }

    /// Lets no guest be asked anything new, and waits for the end of what is under way.
    void drain() {
        List<Together.Task> draining = new ArrayList<>();
        seats.values().forEach(seat -> draining.add(() -> seat.pod().drain(GRACE.dividedBy(2))));
        Together.run(draining);
    }

    @Nullable Seat seat(String pod) {
        return seats.get(pod);
    }

    List<Seat> all() {
        return List.copyOf(seats.values());
    }

    boolean isEmpty() {
        return seats.isEmpty();
    }
}
