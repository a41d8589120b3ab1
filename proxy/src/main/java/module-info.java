import org.jspecify.annotations.NullMarked;

/// The data plane.
@NullMarked
module io.proa.proxy {
    requires static org.jspecify;
    requires transitive io.proa.model;
    requires transitive io.proa.formats;
    requires transitive io.proa.traffic;
    requires transitive io.proa.identity;
    requires io.proa.host;
    requires transitive io.proa.telemetry;

    exports io.proa.proxy;
    exports io.proa.proxy.http;
    exports io.proa.proxy.loop;
}
