package io.proa.control.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenRegistryTest {
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    @TempDir Path folder;
    private final List<String> log = new ArrayList<>();
    private Instant wall = Instant.parse("2030-01-01T00:00:00Z");
    private Instant steady = Instant.EPOCH;

    @Test
    void tokenIsWorthOneClaimAtATimeAndOneUse() throws Exception {
        TokenRegistry tokens = open();
        String token = tokens.issue("a-1");
        assertThat(tokens.claim("b-1", token)).isNull();
        assertThat(tokens.claim("a-1", token + "x")).isNull();
        TokenRegistry.Claim first = Objects.requireNonNull(tokens.claim("a-1", token));
        assertThat(tokens.claim("a-1", token)).isNull();
        first.giveBack();
        TokenRegistry.Claim second = Objects.requireNonNull(tokens.claim("a-1", token));
        assertThat(first.spend()).isFalse();
        assertThat(second.spend()).isTrue();
        assertThat(second.spend()).isTrue();
        second.giveBack();
        assertThat(tokens.claim("a-1", token)).isNull();
    }

    @Test
    void newerTokenReplacesAnOlderOneEvenWhileItIsClaimed() throws Exception {
        TokenRegistry tokens = open();
        String older = tokens.issue("a-1");
        TokenRegistry.Claim claim = Objects.requireNonNull(tokens.claim("a-1", older));
        String newer = tokens.issue("a-1");
        assertThat(claim.spend()).isFalse();
        claim.giveBack();
        assertThat(tokens.claim("a-1", older)).isNull();
        assertThat(tokens.claim("a-1", newer)).isNotNull();
    }

    @Test
    void expiresByTheSteadyClockWhateverTheWallClockDoes() throws Exception {
        TokenRegistry tokens = open();
        String token = tokens.issue("a-1");
        wall = wall.plus(Duration.ofDays(1));
        steady = steady.plus(LIFETIME);
        TokenRegistry.Claim claim = Objects.requireNonNull(tokens.claim("a-1", token));
        claim.giveBack();
        wall = wall.minus(Duration.ofDays(2));
        steady = steady.plusSeconds(1);
        assertThat(tokens.claim("a-1", token)).isNull();
    }

    @Test
    void unusedTokensOutliveARestartAndUsedOnesDoNot() throws Exception {
        TokenRegistry before = open();
        String used = before.issue("a-1");
        String claimed = before.issue("b-1");
        String unused = before.issue("c-1");
        assertThat(Objects.requireNonNull(before.claim("a-1", used)).spend()).isTrue();
        assertThat(before.claim("b-1", claimed)).isNotNull();
        wall = wall.plus(Duration.ofMinutes(4));
        steady = Instant.EPOCH.plus(Duration.ofDays(9));
        TokenRegistry after = open();
        assertThat(after.claim("a-1", used)).isNull();
        assertThat(after.claim("b-1", claimed)).isNotNull();
        assertThat(after.claim("c-1", unused)).isNotNull();
        wall = wall.plus(Duration.ofMinutes(2));
        assertThat(open().claim("c-1", unused)).isNull();
    }

    @Test
    void wallClockSetBackGivesNoTokenMoreThanItsLifetime() throws Exception {
        String token = open().issue("a-1");
        wall = wall.minus(Duration.ofDays(30));
        TokenRegistry after = open();
        steady = steady.plus(LIFETIME).plusSeconds(1);
        assertThat(after.claim("a-1", token)).isNull();
    }

    @Test
    void fileHoldsNoSecretAndIsItsOwnersAlone() throws Exception {
        String token = open().issue("a-1");
        Path file = folder.resolve("tokens.json");
        assertThat(Files.readString(file)).contains("a-1").doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(log).isEmpty();
    }

    @Test
    void damagedFileVoidsTokensAndNothingElse() throws Exception {
        open().issue("a-1");
        for (String text :
                List.of(
                        "",
                        "{",
                        "[1]",
                        "[{\"pod\":\"a\"}]",
                        "[{\"pod\":\"a\",\"sha256\":\"?\",\"expires\":\"1\"}]")) {
            Files.writeString(folder.resolve("tokens.json"), text);
            log.clear();
            TokenRegistry tokens = open();
            String fresh = tokens.issue("a-1");
            assertThat(tokens.claim("a-1", fresh)).isNotNull();
            assertThat(log).singleElement().asString().contains("are void");
        }
    }

    @Test
    void useThatCannotBeKeptOnDiskIsNone() throws Exception {
        TokenRegistry tokens = open();
        String token = tokens.issue("a-1");
        TokenRegistry.Claim claim = Objects.requireNonNull(tokens.claim("a-1", token));
        Files.delete(folder.resolve("tokens.json"));
        Files.delete(folder);
        assertThatThrownBy(claim::spend).isInstanceOf(IOException.class);
        Files.createDirectory(folder);
        assertThat(claim.spend()).isTrue();
    }

    private TokenRegistry open() {
        return new TokenRegistry(folder, LIFETIME, () -> wall, () -> steady, log::add);
    }
}
