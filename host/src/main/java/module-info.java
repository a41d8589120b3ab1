import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.host {
    requires static org.jspecify;
    requires transitive io.proa.model;

}
