package io.proa.proving.sizes;

import java.util.List;

/// What a trial saw.
///
/// @param row the cells of its line in the table
/// @param wrong why it does not hold; empty = it does
record Finding(List<String> row, List<String> wrong) {
    Finding {
        row = List.copyOf(row);
        wrong = List.copyOf(wrong);
    }
}
