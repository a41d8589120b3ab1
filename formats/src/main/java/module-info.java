import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.formats {
    requires static org.jspecify;

    exports io.proa.formats;
}
