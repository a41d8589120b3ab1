package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.intent.Program;
import io.proa.host.PodSpec;
import org.junit.jupiter.api.Test;

final class AccountTest {
    @Test
    void findsAUserByNameWithItsGroup() {
        assertThat(Account.find(new Program.User("root", null))).contains(new PodSpec.User(0, 0));
        assertThat(Account.find(new Program.User("root", 7))).contains(new PodSpec.User(0, 7));
    }

    @Test
    void aNumberNeedsNoEntry() {
        assertThat(Account.find(new Program.User("4242424", null)))
                .contains(new PodSpec.User(4_242_424, 4_242_424));
        assertThat(Account.find(new Program.User("4242424", 7)))
                .contains(new PodSpec.User(4_242_424, 7));
    }

    @Test
    void aNameThatNobodyHasIsNotFound() {
        assertThat(Account.find(new Program.User("nobody-is-called-so", null))).isEmpty();
    }
}
