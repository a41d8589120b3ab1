package io.proa.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WishesTest {
    private final Wishes wishes = new Wishes();

    @Test
    void onlyNewsAreTold() {
        assertThat(wishes.add(List.of(at(1), at(2), at(1))).added()).containsExactly(at(1), at(2));
        assertThat(wishes.add(List.of(at(2), at(3))))
                .isEqualTo(new Wishes.Change(Set.of(at(3)), Set.of()));
        assertThat(wishes.remove(List.of(at(3), at(4))))
                .isEqualTo(new Wishes.Change(Set.of(), Set.of(at(3))));
        assertThat(wishes.all()).containsExactly(at(1), at(2));
    }

    @Test
    void forgetsTheOldestBeyondItsBoundThoseOutsideTheMeshFirst() {
        for (int i = 0; i < Wishes.MOST; i++) {
            wishes.add(List.of(at(i)));
        }
        wishes.learn(Set.of(at(7), at(9)));
        assertThat(wishes.add(List.of(at(100_000), at(100_001), at(100_002))))
                .isEqualTo(
                        new Wishes.Change(
                                Set.of(at(100_000), at(100_001), at(100_002)),
                                Set.of(at(7), at(9), at(0))));
        assertThat(wishes.all()).hasSize(Wishes.MOST);
    }

    @Test
    void changesOfOneGoNeverContradictEachOther() {
        var many = new ArrayList<IpPort>();
        for (int i = 0; i < 3 * Wishes.MOST; i++) {
            many.add(at(i));
        }
        Wishes.Change change = wishes.add(many);
        assertThat(change.removed()).isEmpty();
        assertThat(change.added().size()).isEqualTo(Wishes.MOST);
        assertThat(change.added().equals(wishes.all())).isTrue();
    }

    private static IpPort at(int number) {
        try {
            byte[] bytes = {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
            return new IpPort(InetAddress.getByAddress(bytes), 80);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
