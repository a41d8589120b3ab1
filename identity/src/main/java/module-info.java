import org.jspecify.annotations.NullMarked;

@NullMarked
module io.proa.identity {
    requires static org.jspecify;
    requires transitive io.proa.model;
    requires io.netty.tcnative.classes.openssl;

    exports io.proa.identity;
}
