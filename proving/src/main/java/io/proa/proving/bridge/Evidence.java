package io.proa.proving.bridge;

import java.util.ArrayList;
import java.util.List;

/// What was found, in the order of the proof: tables for people, and each claim with what it rests
/// on.
final class Evidence {
    private record Claim(boolean holds, String what, String evidence) {}

    private final List<Claim> claims = new ArrayList<>();
    private final List<String> tables = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    /// @param evidence a few words or numbers, whether it holds or not
    void claim(boolean holds, String what, String evidence) {
        claims.add(new Claim(holds, what, evidence));
    }

    void table(String title, Table table) {
        tables.add(title + "\n" + table);
    }

    /// Something in detail that must not be.
    void finding(String sentence) {
        findings.add(sentence);
    }

    boolean allHold() {
        return claims.stream().allMatch(Claim::holds);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        tables.forEach(table -> text.append(table).append('\n'));
        Table table = new Table("", "claim", "evidence");
        for (Claim claim : claims) {
            table.row(claim.holds() ? "ok" : "NO", claim.what(), claim.evidence());
        }
        text.append("Claims\n").append(table);
        int shown = Math.min(findings.size(), 40);
        for (String finding : findings.subList(0, shown)) {
            text.append("\nfinding: ").append(finding);
        }
        if (shown < findings.size()) {
            text.append("\nand ").append(findings.size() - shown).append(" more");
        }
        return text.toString();
    }
}
