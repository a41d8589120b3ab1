package io.proa.proxy;

import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.ExchangeEnd;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Filter;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;

/// Has the exchange's record handed over when it ends, however it ends.
final class Recording
        implements Filter<ArrivedRequest, UpstreamResponse, ArrivedRequest, UpstreamResponse> {
    private final ExchangeEnd end;

    Recording(LoopParts loop) {
        this.end = loop::ended;
    }

    @Override
    public void apply(
            ArrivedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<ArrivedRequest, UpstreamResponse> next) {
        request.exchange().observe(end);
        next.apply(request, reply);
    }
}
