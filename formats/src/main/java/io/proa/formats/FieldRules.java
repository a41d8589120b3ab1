package io.proa.formats;

import java.nio.ByteBuffer;

/// What HTTP/2 asks of each field by itself (RFC 9113 sections 8.2 and 8.3), found out once and
/// kept beside the field in the tables as its *traits*: the kind of name in the lowest byte, then
/// what is wrong with the name, then what is wrong with the value.
final class FieldRules {
    /// Kinds from here on are pseudo-header fields; below, they are places in [KnownHeader#ALL].
    static final int PSEUDO = 64;

    static final int METHOD = 0;
    static final int SCHEME = 1;
    static final int PATH = 2;
    static final int AUTHORITY = 3;
    static final int STATUS = 4;
    static final int PROTOCOL = 5;
    static final int PSEUDO_COUNT = 6;

    private static final String[] PSEUDO_NAMES = {
        ":method", ":scheme", ":path", ":authority", ":status", ":protocol"
    };

    private static final int LONGEST_NAME = 256;

    private static final int NAME_SHIFT = 8;
    private static final int VALUE_SHIFT = 16;
    private static final int KIND = 0xFF;
    private static final Flaw[] FLAWS = Flaw.values();

    private FieldRules() {}

    static int kind(int traits) {
        return traits & KIND;
    }

    /// Whether there is anything wrong.
    static boolean flawed(int traits) {
        return traits > KIND;
    }

    /// What is wrong; only where something is.
    static Flaw flaw(int traits) {
        int name = traits >>> NAME_SHIFT & 0xFF;
        return FLAWS[(name != 0 ? name : traits >>> VALUE_SHIFT) - 1];
    }

    @SuppressWarnings("EnumOrdinal") // indexes a table made from values(), never stored
    private static int wrong(Flaw flaw, int shift) {
        return flaw.ordinal() + 1 << shift;
    }

    /// The traits of a field without those of its value.
    static int ofNameAlone(int traits) {
        return traits & (1 << VALUE_SHIFT) - 1;
    }

    /// The traits of a name.
    static int ofName(ByteBuffer text, int start, int end) {
        if (start == end) {
            return wrong(Flaw.NAME_EMPTY, NAME_SHIFT);
        }
        if (text.get(start) == ':') {
            return ofPseudoName(text, start, end);
        }
        if (end - start > LONGEST_NAME) {
            return wrong(Flaw.NAME_TOO_LONG, NAME_SHIFT);
        }
        for (int i = start; i < end; i++) {
            byte b = text.get(i);
            if (!Octets.is(b, Octets.TOKEN)) {
                return wrong(Flaw.NAME_BYTE, NAME_SHIFT);
            }
            if (b >= 'A' && b <= 'Z') {
                return wrong(Flaw.NAME_UPPERCASE, NAME_SHIFT);
            }
        }
        return KnownHeader.of(text, start, end).index();
    }

    private static int ofPseudoName(ByteBuffer text, int start, int end) {
        for (int i = 0; i < PSEUDO_COUNT; i++) {
            if (is(text, start, end, PSEUDO_NAMES[i])) {
                return PSEUDO + i;
            }
        }
        return wrong(Flaw.PSEUDO_UNKNOWN, NAME_SHIFT);
    }

    /// The traits of a value, to be joined to those of its name by or.
    static int ofValue(ByteBuffer text, int start, int end) {
        if (start == end) {
            return 0;
        }
        if (!Octets.isValue(text, start, end)) {
            return wrong(Flaw.CONTROL_BYTE, VALUE_SHIFT);
        }
        boolean blank = Octets.isBlank(text.get(start)) || Octets.isBlank(text.get(end - 1));
        return blank ? wrong(Flaw.VALUE_SPACE, VALUE_SHIFT) : 0;
    }

    /// Compares with ASCII text, letter case and all.
    static boolean is(ByteBuffer text, int start, int end, String wanted) {
        if (end - start != wanted.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (text.get(i) != wanted.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }
}
