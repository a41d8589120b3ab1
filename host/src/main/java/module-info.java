import org.jspecify.annotations.NullMarked;

/// The Linux underneath.
@NullMarked
module io.proa.host {
    requires static org.jspecify;
    requires transitive io.proa.model;

    exports io.proa.host;
}
