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
}
