package io.proa.formats;

/// Says that a head or a chunked body breaks a rule. It has no stack trace: it is the peer's fault,
/// not ours, and must stay cheap when a peer makes many.
public final class MalformedHead extends Exception {
    private static final long serialVersionUID = 1L;

    private final Flaw flaw;

    MalformedHead(Flaw flaw) {
        super(flaw.sentence(), null, false, false);
        this.flaw = flaw;
    }

    public Flaw flaw() {
        return flaw;
    }
}
