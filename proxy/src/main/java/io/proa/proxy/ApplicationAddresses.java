package io.proa.proxy;

import io.proa.model.ApplicationPort;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.proxy.route.Clusters;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the application beside us listens: at the pod's address that the caller came to, or at the
/// one of the other family where nobody listens at that. Loop-confined.
///
/// Applications listen on IPv4, on IPv6 or on both and declare nothing of the kind: a refusal
/// tells. Which address answered in place of which is remembered, so that not every connection is
/// refused first; where that one refuses in its turn, the other is asked again.
final class ApplicationAddresses {
    private static final List<InetAddress> LOOPBACKS =
            List.of(IpPort.literal("127.0.0.1"), IpPort.literal("::1"));

    /// In permissive mode the outside chooses ports.
    private static final int MOST_REMEMBERED = 64;

    private final Clusters clusters;
    private final boolean shared;
    private final Map<IpPort, IpPort> instead = new HashMap<>();

    /// @param shared whether the pod has no network of its own: its application is on loopback
    ApplicationAddresses(Clusters clusters, boolean shared) {
        this.clusters = clusters;
        this.shared = shared;
    }

    /// Where to connect first.
    ///
    /// @param dialled the pod's own address that the caller came to; null where there is none
    /// @return null while nothing is known of the pod
    @Nullable IpPort first(ApplicationPort port, @Nullable IpPort dialled) {
        InetAddress ip;
        if (shared || port.loopback()) {
            ip = LOOPBACKS.getFirst();
        } else if (dialled != null) {
            ip = dialled.ip();
        } else {
            List<InetAddress> own = own();
            if (own.isEmpty()) {
                return null;
            }
            ip = own.getFirst();
        }
        IpPort usual = new IpPort(ip, port.targetPort());
        return instead.isEmpty() ? usual : instead.getOrDefault(usual, usual);
    }

    /// Where else to connect.
    ///
    /// @return null where there is no address of the other family
    @Nullable IpPort other(IpPort refused) {
        boolean six = refused.ip() instanceof Inet6Address;
        for (InetAddress ip : refused.ip().isLoopbackAddress() ? LOOPBACKS : own()) {
            if (ip instanceof Inet6Address != six) {
                return new IpPort(ip, refused.port());
            }
        }
        return null;
    }

    private List<InetAddress> own() {
        MeshSnapshot now = clusters.snapshot();
        return now == null ? List.of() : now.self().addresses();
    }

    /// Somebody listens at `answered`, and nobody at `refused`.
    void learn(IpPort refused, IpPort answered) {
        if (instead.size() >= MOST_REMEMBERED) {
            instead.clear();
        }
        instead.remove(answered);
        instead.put(refused, answered);
    }

    /// Whether nobody listens at the address, so that another may be asked.
    static boolean isRefusal(Failure failure) {
        return failure instanceof Failure.NotSent && failure.reason() == Reason.CONNECT_FAILED;
    }
}
