package io.proa.formats;

import java.util.Arrays;

/// What to change in a head while it is forwarded. Reusable: [#clear()] forgets, and keeps the room
/// it has.
///
/// Fields of one hop are left out by [HeadWriter] in any case; what must be said on the next hop is
/// asked for here.
public final class HeadEdits {
    private static final byte[] NO_BYTES = new byte[0];

    long removed;
    long replacedNames;
    private KnownHeader[] replaced = new KnownHeader[2];
    private byte[][] values = new byte[2][];
    private int replacements;
    byte[] added = new byte[256];
    int addedLength;
    int connection;
    boolean version11;
    boolean originForm;
    boolean host;
    byte[] hostIfAbsent = NO_BYTES;
    private int replacementBytes;

    public HeadEdits() {}

    /// Forgets all edits.
    public void clear() {
        removed = 0;
        replacedNames = 0;
        replacements = 0;
        replacementBytes = 0;
        addedLength = 0;
        connection = 0;
        version11 = false;
        originForm = false;
        host = false;
        hostIfAbsent = NO_BYTES;
    }

    /// Leaves out every field of that name. What frames the body may go only where the body itself
    /// is written in another framing.
    public void remove(KnownHeader header) {
        removed |= header.bit();
    }

    /// Puts another value in the place of the first field of that name and leaves out the others;
    /// the name stays as it was written. Does nothing when the field is absent.
    ///
    /// @param value without line end
    public void replace(KnownHeader header, byte[] value) {
        if (replacements == replaced.length) {
            replaced = Arrays.copyOf(replaced, replacements * 2);
            values = Arrays.copyOf(values, replacements * 2);
        }
        replaced[replacements] = header;
        values[replacements] = value;
        replacements++;
        replacedNames |= header.bit();
        replacementBytes += value.length + 4;
    }

    /// Adds field lines after the others.
    ///
    /// @param lines `name: value\r\n`, once or more
    public void add(byte[] lines) {
        append(lines);
    }

    /// Adds one field.
    ///
    /// @param prefix `name: `
    /// @param value without line end
    public void add(byte[] prefix, byte[] value) {
        append(prefix);
        append(value);
        append(HeadWriter.CRLF);
    }

    /// Adds one field with a decimal value.
    ///
    /// @param value not negative
    public void add(byte[] prefix, long value) {
        append(prefix);
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = value;
        for (int i = addedLength + digits - 1; i >= addedLength; i--) {
            added[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        addedLength += digits;
        append(HeadWriter.CRLF);
    }

    /// Writes HTTP/1.1 whatever the version was (RFC 9112 section 2.3: each sender states its own).
    public void version11() {
        version11 = true;
    }

    /// Writes a target that is a whole URI without scheme and authority, which Host repeats: what
    /// is sent to an origin server (RFC 9112 section 3.2.1).
    public void originForm() {
        originForm = true;
    }

    /// Adds this Host when a request, of HTTP/1.0, has none.
    public void hostIfAbsent(byte[] value) {
        host = true;
        hostIfAbsent = value;
    }

    /// Says `Connection: close`. Done without asking for a response that ends with its connection.
    public void connectionClose() {
        connection |= HeadWriter.CLOSE;
    }

    /// Says `Connection: keep-alive`, for a peer of HTTP/1.0.
    public void connectionKeepAlive() {
        connection |= HeadWriter.KEEP_ALIVE;
    }

    /// Passes Upgrade on, when the head asks for one.
    public void keepUpgrade() {
        connection |= HeadWriter.UPGRADE;
    }

    /// Passes `TE: trailers` on, when the head says so.
    public void keepTrailerAllowance() {
        connection |= HeadWriter.TE;
    }

    /// The most bytes that these edits can add to a head.
    int mostBytes() {
        return addedLength + replacementBytes + hostIfAbsent.length;
    }

    byte[] replacement(KnownHeader header) {
        for (int i = replacements - 1; i >= 0; i--) {
            if (replaced[i] == header) {
                return values[i];
            }
        }
        return NO_BYTES;
    }

    private void append(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, added, addedLength, bytes.length);
        addedLength += bytes.length;
    }

    private void room(int more) {
        if (added.length - addedLength < more) {
            added = Arrays.copyOf(added, Math.max(added.length * 2, addedLength + more));
        }
    }
}
