import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.telemetry {
    requires static org.jspecify;
    requires transitive io.proa.model;
    requires transitive io.proa.traffic;

    exports io.proa.telemetry;
}
