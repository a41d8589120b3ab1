package io.proa.proving.capture;

/// Bytes as a person can read them.
final class Text {
    private static final int SHOWN = 48;

    private Text() {}

    /// The first few, everything unprintable as a dot.
    static String of(byte[] data, int from, int to) {
        StringBuilder text = new StringBuilder("'");
        for (int i = from; i < Math.min(to, from + SHOWN); i++) {
            text.append(data[i] >= ' ' && data[i] < 127 ? (char) data[i] : '.');
        }
        return text.append('\'').toString();
    }
}
