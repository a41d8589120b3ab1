import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.traffic {
    requires static org.jspecify;
    requires transitive io.proa.model;

    exports io.proa.traffic;
}
