package io.proa.control.intent;

import io.proa.model.TimeoutRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a document says about timeouts; null = nothing.
public record TimeoutDraft(
        @Nullable Duration connect,
        @Nullable Duration request,
        @Nullable Duration idle,
        @Nullable Duration tcpIdle) {
    public static final TimeoutDraft NONE = new TimeoutDraft(null, null, null, null);

    public TimeoutRule over(TimeoutRule base) {
        return new TimeoutRule(
                connect == null ? base.connect() : connect,
                request == null ? base.request() : request,
                idle == null ? base.idle() : idle,
                tcpIdle == null ? base.tcpIdle() : tcpIdle);
    }
}
