package io.proa.telemetry;

/// Writes one JSON document or line, in plain ASCII: whatever bytes a string was decoded from, the
/// result is valid JSON without line breaks or terminal controls in it. Names must be literals of
/// this program.
///
/// Not thread-safe; commas are put by looking at what was written last.
public final class JsonText {
    private static final String DIGITS = "0123456789abcdef";

    private final StringBuilder out;

    public JsonText(StringBuilder out) {
        this.out = out;
    }

    /// Opens the document, or an object within an array.
    public JsonText object() {
        separate();
        out.append('{');
        return this;
    }

    public JsonText object(String name) {
        name(name);
        out.append('{');
        return this;
    }

    public JsonText array(String name) {
        name(name);
        out.append('[');
        return this;
    }

    public JsonText endObject() {
        out.append('}');
        return this;
    }

    public JsonText endArray() {
        out.append(']');
        return this;
    }

    public JsonText field(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    public JsonText field(String name, boolean value) {
        name(name);
        out.append(value);
        return this;
    }

    /// Rounded to six decimals; what is no number becomes null.
    public JsonText field(String name, double value) {
        name(name);
        if (Double.isFinite(value)) {
            out.append(Math.round(value * 1e6) / 1e6);
        } else {
            out.append("null");
        }
        return this;
    }

    public JsonText field(String name, String value) {
        return field(name, value, Integer.MAX_VALUE);
    }

    /// @param longest most characters of `value` that are written; what is cut ends in an ellipsis
    public JsonText field(String name, String value, int longest) {
        name(name);
        string(value, longest);
        return this;
    }

    /// A string within an array.
    public JsonText item(String value) {
        separate();
        string(value, Integer.MAX_VALUE);
        return this;
    }

    private void name(String name) {
        separate();
        out.append('"').append(name).append("\":");
    }

    private void separate() {
        if (!out.isEmpty()) {
            char last = out.charAt(out.length() - 1);
            if (last != '{' && last != '[' && last != ':' && last != '\n') {
                out.append(',');
            }
        }
    }

    private void string(String value, int longest) {
        out.append('"');
        int end = Math.min(value.length(), longest);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F) {
                out.append(c);
            } else {
                escaped(c);
            }
        }
        if (end < value.length()) {
            escaped('\u2026');
        }
        out.append('"');
    }

    private void escaped(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(DIGITS.charAt(c >> shift & 15));
        }
    }
}
