package io.proa.formats;

/// Says that a frame or a field block breaks a rule. It has no stack trace, and there is one for
/// each flaw: it is the peer's fault, not ours, and must cost nothing when a peer makes many.
public final class MalformedFrame extends Exception {
    private static final long serialVersionUID = 1L;
    private static final MalformedFrame[] ALL = new MalformedFrame[FrameFlaw.values().length];

    private final FrameFlaw flaw;

    static {
        for (FrameFlaw flaw : FrameFlaw.values()) {
            ALL[flaw.index()] = new MalformedFrame(flaw);
        }
    }

    private MalformedFrame(FrameFlaw flaw) {
        super(flaw.sentence(), null, false, false);
        this.flaw = flaw;
    }

    static MalformedFrame of(FrameFlaw flaw) {
        return ALL[flaw.index()];
    }

    public FrameFlaw flaw() {
        return flaw;
    }
}
