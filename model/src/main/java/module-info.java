import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.model {
    requires static org.jspecify;

    exports io.proa.model;
}
