package io.proa.wire;

import java.io.IOException;

/// Bytes that are not what the wire or a snapshot file promises. The only exception that decoding
/// throws.
public final class MalformedMessage extends IOException {
    private static final long serialVersionUID = 1;

    private final String path;

    /// @param path where, as a JSON pointer (RFC 6901); empty = the document as a whole
    /// @param problem the value seen and the value expected
    public MalformedMessage(String path, String problem) {
        super(path.isEmpty() ? problem : path + ": " + problem);
        this.path = path;
    }

    public String path() {
        return path;
    }
}
