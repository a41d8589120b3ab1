package io.proa.proving.attack;

import java.util.ArrayList;
import java.util.List;

/// All attacks, in the order in which they are run and shown.
final class Recipes {
    private Recipes() {}

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.addAll(Http2Floods.resets());
        all.addAll(Http2Floods.blocks());
        all.addAll(Http2Heads.all());
        all.addAll(Http2Floods.frames());
        all.addAll(Http2Stalls.all());
        all.addAll(Http1Heads.all());
        all.addAll(Http1Stalls.all());
        all.addAll(UpstreamAttacks.all());
        return all;
    }
}
