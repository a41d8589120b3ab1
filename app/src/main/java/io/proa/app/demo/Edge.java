package io.proa.app.demo;

/// What happened between two services, as the calling sidecars saw it, summed over their replicas.
///
/// @param to the service asked for
/// @param mutualTls whether every request travelled over mutual TLS
/// @param requests asked for by the application
/// @param failed of those, answered with 5xx or not at all after all attempts
/// @param attempts sent, the first tries included
/// @param failedAttempts of those, answered with 5xx or not at all
/// @param p50 of a request as the application sees it, all attempts included, in ms
/// @param p99 likewise
/// @param addedP50 time in the calling sidecar itself, in ms
public record Edge(
        String from,
        String to,
        boolean mutualTls,
        long requests,
        long failed,
        long attempts,
        long failedAttempts,
        long retries,
        double p50,
        double p99,
        double addedP50) {

    /// Share of requests that the application saw succeed, 0 to 1; 1 when there was none.
    public double effective() {
        return requests == 0 ? 1 : (double) (requests - failed) / requests;
    }

    /// Share of attempts that really succeeded, 0 to 1; 1 when there was none.
    public double actual() {
        return attempts == 0 ? 1 : (double) (attempts - failedAttempts) / attempts;
    }

    /// What has come since `before`, an earlier sight of the same edge; percentiles stay those of
    /// the whole. After the restart of a sidecar, whose counters begin anew, it is all there is.
    Edge since(Edge before) {
        if (before.requests > requests || before.attempts > attempts) {
            return this;
        }
        return new Edge(
                from,
                to,
                mutualTls,
                requests - before.requests,
                failed - before.failed,
                attempts - before.attempts,
                failedAttempts - before.failedAttempts,
                retries,
                p50,
                p99,
                addedP50);
    }

    /// The same edge before its first request.
    Edge none() {
        return new Edge(from, to, false, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
