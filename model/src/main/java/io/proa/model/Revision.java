package io.proa.model;

/// Which state of the intent a snapshot was made from; grows by one with each accepted change, 0 is
/// "none yet".
public record Revision(long number) implements Comparable<Revision> {
    public static final Revision NONE = new Revision(0);

    @Override
    public int compareTo(Revision other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "r" + number;
    }
}
