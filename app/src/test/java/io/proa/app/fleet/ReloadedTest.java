package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReloadedTest {
    @Test
    void mistakesOfTheFleetsOwnFilesDoNotRejectWhoJoins() {
        ControlLink.Reloaded kept =
                ControlLink.reloaded("reloaded {\"revision\":2,\"problems\":[\"1:2: no\"]}");
        assertThat(kept.rejected()).isEmpty();
        assertThat(kept.isAllInUse()).isFalse();
    }

    @Test
    void whatIsInUseHasNoProblems() {
        assertThat(ControlLink.reloaded("reloaded {\"revision\":2}").isAllInUse()).isTrue();
    }

    @Test
    void whatIsNotInUseSaysWhy() {
        assertThat(ControlLink.reloaded("rejected {\"problems\":[\"1:2: no\"]}").rejected())
                .containsExactly("1:2: no");
        assertThat(ControlLink.reloaded("error full").rejected()).containsExactly("error full");
    }
}
