package io.proa.proxy.http;

import io.proa.identity.TlsFailure;
import io.proa.proxy.loop.TlsBroken;
import io.proa.traffic.Reason;
import java.io.IOException;

/// Which reason a connection that never came to stand failed for.
public final class ConnectFailures {
    private ConnectFailures() {}

    public static Reason reason(IOException cause) {
        if (cause instanceof TlsBroken tls) {
            return tls.failure().code() == TlsFailure.Code.WRONG_IDENTITY
                    ? Reason.PEER_IDENTITY
                    : Reason.TLS_FAILED;
        }
        return Reason.CONNECT_FAILED;
    }
}
