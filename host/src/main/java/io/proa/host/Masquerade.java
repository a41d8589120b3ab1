package io.proa.host;

import java.util.List;

/// Tables that let connections leave under the address of the interface they leave by.
final class Masquerade {
    private static final int SOURCE_NAT = 100;

    private Masquerade() {}

    static NftTable leavingBy(String table, String networkInterface) {
        return postrouting(table, new NftRule.GoesTo(networkInterface));
    }

    /// Whatever entered by this interface, wherever it leaves.
    static NftTable enteredBy(String table, String networkInterface) {
        return postrouting(table, new NftRule.ComesFrom(networkInterface, true));
    }

    private static NftTable postrouting(String table, NftRule.Condition condition) {
        NftRule rule =
                new NftRule(
                        List.of(condition),
                        false,
                        new NftRule.Masquerade(),
                        "pods have no address outside");
        return new NftTable(
                table,
                List.of(
                        new NftTable.Chain(
                                "leaving",
                                "nat",
                                NftTable.Hook.POSTROUTING,
                                SOURCE_NAT,
                                List.of(rule))));
    }
}
