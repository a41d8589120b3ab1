import org.jspecify.annotations.NullMarked;

/// The sidecar's process.
@NullMarked
module io.proa.sidecar {
    requires static org.jspecify;
    requires io.proa.model;
    requires io.proa.formats;
    requires io.proa.traffic;
    requires io.proa.identity;
    requires io.proa.host;
    requires io.proa.telemetry;
    requires io.proa.wire;
    requires io.proa.proxy;
}
