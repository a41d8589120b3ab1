import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.wire {
    requires static org.jspecify;
    requires transitive io.proa.model;
    requires transitive io.proa.identity;
    requires tools.jackson.core;

    exports io.proa.wire;
}
