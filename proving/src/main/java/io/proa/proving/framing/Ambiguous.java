package io.proa.proving.framing;

/// Two readers could take this differently.
final class Ambiguous extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 60;

    final String why;

    private Ambiguous(String why) {
        super(why);
        this.why = why;
    }

    static void unless(boolean rule, String why) {
        if (!rule) {
            throw new Ambiguous(why);
        }
    }

    /// As it may stand in a table: ASCII, and not too long.
    static String shown(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append("\\x").append(Character.forDigit(c >> 4, 16));
                        out.append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return text.length() > LONGEST ? out + "..." : out.toString();
    }
}
