package io.proa.proving.framing;

import java.io.IOException;

/// Plays the cases of one kind, one after the other.
interface Trial extends AutoCloseable {
    Outcome play(int number, Corpus.Case one) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
