package io.proa.control.server;

import io.proa.model.ConfigProblem;
import io.proa.model.Revision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the control plane knows of one sidecar.
///
/// @param accepted the last snapshot it took; [Revision#NONE] before the first
/// @param refusals what it said was wrong with the last one; empty = it took it
/// @param certificateUntil of the last certificate issued since this control plane started; null =
///   none
public record PodStatus(
        String pod,
        boolean connected,
        String sidecarVersion,
        Revision accepted,
        List<ConfigProblem> refusals,
        @Nullable Instant certificateUntil) {
    public PodStatus {
        refusals = List.copyOf(refusals);
    }

    static PodStatus unknown(String pod) {
        return new PodStatus(pod, false, "", Revision.NONE, List.of(), null);
    }

    PodStatus connected(String version) {
        return new PodStatus(pod, true, version, accepted, refusals, certificateUntil);
    }

    PodStatus disconnected() {
        return new PodStatus(pod, false, sidecarVersion, accepted, refusals, certificateUntil);
    }

    PodStatus accepted(Revision revision) {
        return new PodStatus(pod, connected, sidecarVersion, revision, List.of(), certificateUntil);
    }

    PodStatus refused(List<ConfigProblem> problems) {
        return new PodStatus(pod, connected, sidecarVersion, accepted, problems, certificateUntil);
    }

    PodStatus certified(Instant until) {
        return new PodStatus(pod, connected, sidecarVersion, accepted, refusals, until);
    }
}
