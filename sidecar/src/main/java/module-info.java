import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.sidecar {
    requires static org.jspecify;
    requires transitive io.proa.model;
    requires io.proa.formats;
    requires transitive io.proa.traffic;
    requires io.proa.identity;
    requires io.proa.host;
    requires io.proa.telemetry;
    requires io.proa.wire;
    requires io.proa.proxy;

}
