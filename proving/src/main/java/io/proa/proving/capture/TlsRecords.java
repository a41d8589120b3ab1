package io.proa.proving.capture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// Reads one direction of a TCP connection as TLS 1.3 records (RFC 8446, section 5) and says at
/// which byte it is anything else.
///
/// Beyond the two hellos, and the plain alert that may answer them, everything has to be encrypted.
final class TlsRecords {
    /// Who sends this direction.
    enum Side {
        CLIENT,
        SERVER
    }

    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int LONGEST_RECORD = (1 << 14) + 256;
    private static final int HEADER = 5;

    /// SHA-256 of "HelloRetryRequest" in place of a random (RFC 8446, section 4.1.3).
    private static final byte[] RETRY =
            HexFormat.of()
                    .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    private final Side side;
    private final byte[] header = new byte[HEADER];
    private final ByteArrayOutputStream handshake = new ByteArrayOutputStream();
    private int headerBytes;
    private int left;
    private int type;
    private long bytes;
    private long records;
    private int hellos;
    private boolean retried;
    private boolean alerted;
    private boolean encrypted;
    private Hello hello = Hello.NONE;
    private String problem = "";

    TlsRecords(Side side) {
        this.side = side;
    }

    /// The next bytes in the order of the stream.
    void take(byte[] data, int from, int to) {
        int at = from;
        while (at < to && problem.isEmpty()) {
            if (left == 0) {
                header[headerBytes++] = data[at++];
                bytes++;
                if (!plausible()) {
                    wrong("no TLS record", data, from, to);
                } else if (headerBytes == HEADER) {
                    begin();
                }
            } else {
                int n = Math.min(left, to - at);
                body(data, at, n);
                at += n;
            }
        }
    }

    /// Whether what is there of the header can become one.
    private boolean plausible() {
        return switch (headerBytes) {
            case 1 -> header[0] >= CHANGE_CIPHER_SPEC && header[0] <= APPLICATION_DATA;
            case 2 -> header[1] == 3;
            case 3 -> header[2] == 1 && hellos == 0 || header[2] == 3;
            default -> true;
        };
    }

    private void begin() {
        type = header[0];
        left = (header[3] & 0xff) << 8 | header[4] & 0xff;
        headerBytes = 0;
        records++;
        if (left == 0 || left > LONGEST_RECORD) {
            problem = "a TLS record of " + left + " bytes after " + bytes + " bytes";
        } else if (hellos == 0 && type != HANDSHAKE && !(side == Side.SERVER && type == ALERT)) {
            problem = "begins with a TLS record of type " + type + ", expected a hello";
        } else if (encrypted && type == HANDSHAKE) {
            problem = "a handshake in the clear after the hello";
        } else if (type == CHANGE_CIPHER_SPEC && left != 1) {
            problem = "a change of cipher of " + left + " bytes, expected 1";
        } else if (type == ALERT) {
            alerted = true;
            if (left != 2 || encrypted) {
                problem = "an alert of " + left + " bytes in the clear";
            }
        } else if (type == APPLICATION_DATA) {
            encrypted = true;
        }
    }

    private void body(byte[] data, int from, int n) {
        bytes += n;
        left -= n;
        if (type == HANDSHAKE) {
            handshake.write(data, from, n);
            if (left == 0) {
                message();
            }
        }
    }

    /// One hello, or after a HelloRetryRequest a second; a hello may take several records.
    private void message() {
        ByteBuffer all = ByteBuffer.wrap(handshake.toByteArray());
        if (all.remaining() < 4) {
            return;
        }
        int kind = all.get();
        int length = (all.get() & 0xff) << 16 | (all.getShort() & 0xffff);
        if (all.remaining() < length) {
            return;
        }
        handshake.reset();
        int expected = side == Side.CLIENT ? Hello.CLIENT : Hello.SERVER;
        if (kind != expected || all.remaining() > length || hellos >= 2) {
            problem = "a handshake message of type " + kind + " in the clear";
            return;
        }
        hellos++;
        hello = Hello.parse(kind, all);
        retried |= side == Side.SERVER && Arrays.equals(hello.random(), RETRY);
        if (side == Side.SERVER && !(retried && hellos == 1)) {
            encrypted = true;
        }
        if (!hello.offers13()) {
            problem = "a hello without TLS 1.3";
        }
    }

    private void wrong(String what, byte[] data, int from, int to) {
        problem = what + " after " + (bytes - headerBytes) + " bytes: " + Text.of(data, from, to);
    }

    /// What is not as it should be; empty = nothing.
    String problem() {
        return problem;
    }

    long bytes() {
        return bytes;
    }

    long records() {
        return records;
    }

    /// The last hello of this direction.
    Hello hello() {
        return hello;
    }

    /// Whether an alert came in the clear: the handshake went no further.
    boolean alerted() {
        return alerted;
    }
}
