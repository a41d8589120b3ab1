package io.proa.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.MeshService;
import io.proa.model.RequestMatch;
import io.proa.model.RequestMatch.HeaderExact;
import io.proa.model.RequestMatch.Method;
import io.proa.model.RequestMatch.PathExact;
import io.proa.model.RequestMatch.PathPrefix;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.TimeoutRule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteIndexTest {
    private record Request(String method, String path, String name, String value)
            implements RequestView {
        @Override
        public @Nullable String header(String wanted) {
            return wanted.equalsIgnoreCase(name) ? value : null;
        }
    }

    private static final RequestView UNTOUCHABLE =
            new RequestView() {
                @Override
                public String method() {
                    throw new AssertionError("touched");
                }

                @Override
                public String path() {
                    throw new AssertionError("touched");
                }

                @Override
                public @Nullable String header(String name) {
                    throw new AssertionError("touched");
                }
            };

    private static RouteRule rule(
            String name, List<List<RequestMatch>> matches, RouteTarget... targets) {
        return new RouteRule(
                name, matches, List.of(targets), RetryRule.DEFAULT, TimeoutRule.DEFAULT);
    }

    private static RouteIndex index(RouteRule... rules) {
        return new RouteIndex(
                new MeshService(
                        new ServiceName("default", "web"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(rules)));
    }

    private static String matched(RouteIndex index, String path) {
        return index.match(new Request("GET", path, "", "")).name();
    }

    @Test
    void doesNotTouchTheRequestWhereOnlyOneRuleCanMatch() {
        assertThat(index().match(UNTOUCHABLE)).isSameAs(RouteRule.DEFAULT);
        RouteRule all = rule("all", List.of(List.of()));
        assertThat(index(all, rule("never", List.of())).match(UNTOUCHABLE)).isSameAs(all);
    }

    @Test
    void theFirstRuleThatHoldsDecides() {
        RouteIndex index =
                index(
                        rule("exact", List.of(List.of(new PathExact("/a")))),
                        rule("posts", List.of(List.of(new PathPrefix("/a"), new Method("POST")))),
                        rule(
                                "prefix",
                                List.of(
                                        List.of(new PathPrefix("/a/")),
                                        List.of(new PathPrefix("/b")))),
                        rule("canary", List.of(List.of(new HeaderExact("X-Canary", "yes")))),
                        rule("rest", List.of()));
        assertThat(matched(index, "/a")).isEqualTo("exact");
        assertThat(matched(index, "/a?x=/a/b")).isEqualTo("exact");
        assertThat(matched(index, "/a/")).isEqualTo("prefix");
        assertThat(matched(index, "/a/c")).isEqualTo("prefix");
        assertThat(matched(index, "/ab")).isEqualTo("rest");
        assertThat(matched(index, "/b?")).isEqualTo("prefix");
        assertThat(matched(index, "/c?p=/a")).isEqualTo("rest");
        assertThat(matched(index, "*")).isEqualTo("rest");
        assertThat(index.match(new Request("POST", "/a/x", "", "")).name()).isEqualTo("posts");
        assertThat(index.match(new Request("post", "/a/x", "", "")).name()).isEqualTo("prefix");
        assertThat(index.match(new Request("GET", "/", "x-canary", "yes")).name())
                .isEqualTo("canary");
        assertThat(index.match(new Request("GET", "/", "x-canary", "YES")).name())
                .isEqualTo("rest");
    }

    @Test
    void thePrefixSlashMatchesEveryPath() {
        RouteIndex index = index(rule("root", List.of(List.of(new PathPrefix("/")))));
        assertThat(matched(index, "/")).isEqualTo("root");
        assertThat(matched(index, "/x")).isEqualTo("root");
        assertThat(matched(index, "*")).isEqualTo("default");
    }

    @Test
    void choosesTargetsByWeight() {
        RouteTarget nine = new RouteTarget.ToService(new ServiceName("default", "v1"), 80, 90);
        RouteTarget one = new RouteTarget.ToService(new ServiceName("default", "v2"), 80, 10);
        RouteTarget none = new RouteTarget.ToService(new ServiceName("default", "v3"), 80, 0);
        RouteRule split = rule("split", List.of(), nine, none, one);
        RouteIndex index = index(split);
        Dice dice = Dice.seeded(1);
        int ones = 0;
        for (int i = 0; i < 10_000; i++) {
            RouteTarget chosen = index.choose(split, dice);
            assertThat(chosen).isNotEqualTo(none);
            ones += one.equals(chosen) ? 1 : 0;
        }
        assertThat(ones).isBetween(900, 1_100);
        assertThat(index.choose(RouteRule.DEFAULT, dice)).isNull();
    }
}
