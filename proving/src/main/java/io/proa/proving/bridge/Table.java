package io.proa.proving.bridge;

import java.util.ArrayList;
import java.util.List;

/// Aligned columns: words to the left, numbers to the right.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(" ");
            for (int column = 0; column < row.size(); column++) {
                line.append(' ').append(padded(row.get(column), column)).append(' ');
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private String padded(String cell, int column) {
        int width = 0;
        for (List<String> row : rows) {
            width = Math.max(width, row.get(column).length());
        }
        boolean number = rows.stream().skip(1).allMatch(row -> row.get(column).matches("[0-9.]*"));
        String gap = " ".repeat(width - cell.length());
        return number ? gap + cell : cell + gap;
    }
}
