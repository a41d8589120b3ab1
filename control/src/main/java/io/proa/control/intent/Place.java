package io.proa.control.intent;

/// Where something stands in the intent.
///
/// @param line from 1; 0 = the source as a whole
/// @param column from 1; 0 likewise
public record Place(String source, int line, int column) {
    public static Place whole(String source) {
        return new Place(source, 0, 0);
    }

    /// `source:line:column`, or the source alone.
    @Override
    public String toString() {
        return line > 0 ? source + ":" + line + ":" + column : source;
    }
}
