package io.proa.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EdgeTableTest {
    private static final Map<String, String> LANGUAGES =
            new LinkedHashMap<>(Map.of("front", "Node", "inventory", "Go"));
    private static final Edge EDGE =
            new Edge("front", "inventory", true, 1000, 1, 1110, 111, 110, 1.234, 251.7, 0.049);

    @Test
    void fitsEightyColumns() {
        EdgeTable table =
                new EdgeTable(new Terminal(false, 80, Terminal.UNBOUNDED, false, true), LANGUAGES);

        assertThat(table.header())
                .isEqualTo(
                        "FROM       TO         MTLS EFFECTIVE   ACTUAL RETRIES   RPS    P50    P99  ADDED");
        assertThat(table.line(new EdgeTable.Row(EDGE, 49.6)))
                .isEqualTo(
                        "front      inventory  yes    99.90 %  90.00 %     110    50   1.23    252   0.05");
    }

    @Test
    void showsLanguagesWhereThereIsRoom() {
        EdgeTable table =
                new EdgeTable(new Terminal(false, 120, Terminal.UNBOUNDED, false, true), LANGUAGES);

        assertThat(table.line(new EdgeTable.Row(EDGE, 50)))
                .startsWith("front (Node)    inventory (Go)  yes ");
    }

    @Test
    void leavesOutTheLeastTellingColumnsWhereThereIsNoRoom() {
        EdgeTable table =
                new EdgeTable(new Terminal(false, 60, Terminal.UNBOUNDED, false, true), LANGUAGES);

        assertThat(table.header())
                .isEqualTo("FROM       TO         MTLS EFFECTIVE   ACTUAL RETRIES    P99");
        assertThat(table.line(new EdgeTable.Row(EDGE, 50)))
                .isEqualTo("front      inventory  yes    99.90 %  90.00 %     110    252");
    }

    @Test
    void alignsPaintedCellsLikePlainOnes() {
        EdgeTable plain =
                new EdgeTable(new Terminal(false, 80, Terminal.UNBOUNDED, false, true), LANGUAGES);
        EdgeTable painted =
                new EdgeTable(new Terminal(true, 80, Terminal.UNBOUNDED, true, true), LANGUAGES);
        EdgeTable.Row row = new EdgeTable.Row(EDGE, 50);

        assertThat(painted.line(row)).contains("\033[32m").isNotEqualTo(plain.line(row));
        assertThat(painted.line(row).replaceAll("\033\\[[0-9]*m", "")).isEqualTo(plain.line(row));
    }

    @Test
    void showsAnIdleEdgeAsIdle() {
        EdgeTable table =
                new EdgeTable(new Terminal(false, 80, Terminal.UNBOUNDED, false, true), LANGUAGES);
        Edge idle = new Edge("front", "inventory", false, 0, 0, 0, 0, 0, 0, 0, 0);

        assertThat(table.line(new EdgeTable.Row(idle, 0)))
                .isEqualTo(
                        "front      inventory  -            -        -       0     0      -      -      -");
    }

    @Test
    void neverRoundsARateUpToAHundred() {
        assertThat(EdgeTable.percent(1)).isEqualTo("100 %");
        assertThat(EdgeTable.percent(0.999999)).isEqualTo("99.99 %");
        assertThat(EdgeTable.percent(0.5)).isEqualTo("50.00 %");
    }
}
