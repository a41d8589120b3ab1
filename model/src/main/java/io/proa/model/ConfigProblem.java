package io.proa.model;

/// One thing wrong with the intent, precise enough to mend it.
///
/// @param source file or other origin
/// @param line from 1; 0 where the problem is in no particular line
/// @param column from 1; 0 likewise
/// @param message the value seen and the value expected
/// @param hint the next step; may be empty
public record ConfigProblem(String source, int line, int column, String message, String hint) {
    @Override
    public String toString() {
        String where = line > 0 ? source + ":" + line + ":" + column : source;
        return where + ": " + message + (hint.isEmpty() ? "" : "\n  hint: " + hint);
    }
}
