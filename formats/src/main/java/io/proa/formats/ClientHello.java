package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reads the first message of a TLS client (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) while
/// it passes by: which host it asks for (SNI, RFC 6066 section 3) and which protocols it offers
/// (ALPN, RFC 7301).
///
/// It is given the bytes as they come, cut anywhere, and keeps none of them but the two names; it
/// never asks for bytes again and never holds any up. What is malformed is only said not to be
/// understood: whether to answer it is the server's business.
public final class ClientHello {
    /// How far it has been read.
    public enum State {
        /// More must come.
        READING,
        /// To its end.
        COMPLETE,
        /// It is TLS, but not a ClientHello as the specifications have it.
        FLAWED
    }

    /// The most that a ClientHello may have; real ones have some 2000 octets with keys of
    /// post-quantum cryptography.
    static final int LONGEST = 32 * 1024;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MOST_IN_RECORD = 1 << 14;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LIST = 128;
    private static final int SERVER_NAME = 0;
    private static final int PROTOCOLS = 16;

    /// What the next octets are; each is a number of so many octets, or so many to pass over.
    private enum Part {
        MESSAGE_TYPE(1),
        MESSAGE_LENGTH(3),
        VERSION(2),
        RANDOM(0),
        SESSION_LENGTH(1),
        SESSION(0),
        CIPHERS_LENGTH(2),
        CIPHERS(0),
        COMPRESSIONS_LENGTH(1),
        COMPRESSIONS(0),
        EXTENSIONS_LENGTH(2),
        EXTENSION_TYPE(2),
        EXTENSION_LENGTH(2),
        EXTENSION(0),
        NAMES_LENGTH(2),
        NAME_TYPE(1),
        NAME_LENGTH(2),
        NAME(0),
        PROTOCOLS_LENGTH(2),
        PROTOCOL_LENGTH(1),
        PROTOCOL(0);

        final int octets;

        Part(int octets) {
            this.octets = octets;
        }
    }

    private State state = State.READING;

    // the record
    private int headerRead;
    private int recordLength;
    private int recordLeft;

    // the message; what is left of it, of the extension and of the list within
    private Part part = Part.MESSAGE_TYPE;
    private int number;
    private int wanted = Part.MESSAGE_TYPE.octets;
    private int skip;
    private int messageLeft = 4;
    private int extensionLeft;
    private int listLeft;
    private int extensionType;
    private boolean nameSeen;
    private boolean protocolsSeen;
    private final byte[] text = new byte[LONGEST_NAME];
    private int textLength;
    private String serverName = "";
    private final StringBuilder protocols = new StringBuilder(16);

    /// Reads on.
    ///
    /// @param bytes whose octets `[from, to)` follow those of the last call; read absolutely
    public State read(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && state == State.READING) {
            if (recordLeft == 0) {
                header(bytes.get(i++) & 0xFF);
            } else if (skip > 0) {
                i += pass(bytes, i, Math.min(skip, Math.min(recordLeft, to - i)));
            } else {
                octet(bytes.get(i++) & 0xFF);
            }
        }
        return state;
    }

    /// The host the client asks for, in lower case; empty where it names none, or before
    /// [State#COMPLETE].
    public String serverName() {
        return state == State.COMPLETE ? serverName : "";
    }

    /// The protocols it offers, in its order and with blanks between, the first 128 characters of
    /// them; empty where it offers none, or before [State#COMPLETE].
    public String protocols() {
        return state == State.COMPLETE ? protocols.toString() : "";
    }

    /// The five octets before each record: type, version, length.
    private void header(int octet) {
        boolean fits =
                switch (headerRead) {
                    case 0 -> octet == HANDSHAKE;
                    case 1 -> octet == 3;
                    case 2 -> octet <= 4;
                    default -> true;
                };
        if (!fits) {
            state = State.FLAWED;
            return;
        }
        recordLength = recordLength << 8 & 0xFF00 | octet;
        if (++headerRead == 5) {
            headerRead = 0;
            // An empty record of a handshake is not allowed (RFC 8446 section 5.1).
            if (recordLength == 0 || recordLength > MOST_IN_RECORD) {
                state = State.FLAWED;
            }
            recordLeft = recordLength;
        }
    }

    private int pass(ByteBuffer bytes, int from, int n) {
        if (part == Part.NAME || part == Part.PROTOCOL) {
            for (int i = 0; i < n; i++) {
                text[textLength++] = bytes.get(from + i);
            }
        }
        take(n);
        skip -= n;
        if (skip == 0 && state == State.READING) {
            passed();
        }
        return n;
    }

    private void octet(int octet) {
        number = number << 8 | octet;
        wanted--;
        take(1);
        if (wanted == 0 && state == State.READING) {
            int value = number;
            number = 0;
            read(value);
        }
    }

    /// Octets of the message have been read: no part may be longer than what it is in.
    private void take(int n) {
        recordLeft -= n;
        messageLeft -= n;
        extensionLeft -= n;
        listLeft -= n;
        if (messageLeft < 0) {
            state = State.FLAWED;
        }
    }

    private void next(Part following) {
        part = following;
        wanted = following.octets;
    }

    private void next(Part following, int octets) {
        part = following;
        skip = octets;
        if (octets == 0) {
            passed();
        } else if (octets > messageLeft) {
            state = State.FLAWED;
        }
    }

    private void check(boolean holds) {
        if (!holds) {
            state = State.FLAWED;
        }
    }

    /// A number is complete.
    private void read(int value) {
        switch (part) {
            case MESSAGE_TYPE -> {
                check(value == CLIENT_HELLO);
                next(Part.MESSAGE_LENGTH);
            }
            case MESSAGE_LENGTH -> {
                check(value <= LONGEST);
                messageLeft = value;
                next(Part.VERSION);
            }
            case VERSION -> {
                check(value >> 8 == 3);
                next(Part.RANDOM, 32);
            }
            case SESSION_LENGTH -> {
                check(value <= 32);
                next(Part.SESSION, value);
            }
            case CIPHERS_LENGTH -> {
                check(value >= 2 && value % 2 == 0);
                next(Part.CIPHERS, value);
            }
            case COMPRESSIONS_LENGTH -> {
                check(value >= 1);
                next(Part.COMPRESSIONS, value);
            }
            case EXTENSIONS_LENGTH -> {
                check(value == messageLeft);
                nextExtension();
            }
            case EXTENSION_TYPE -> {
                extensionType = value;
                next(Part.EXTENSION_LENGTH);
            }
            case EXTENSION_LENGTH -> extension(value);
            case NAMES_LENGTH -> list(value, Part.NAME_TYPE);
            case NAME_TYPE -> {
                // No other type was ever defined, nor can be (RFC 6066 section 3).
                check(value == 0);
                next(Part.NAME_LENGTH);
            }
            case NAME_LENGTH -> entry(Part.NAME, value);
            case PROTOCOLS_LENGTH -> list(value, Part.PROTOCOL_LENGTH);
            case PROTOCOL_LENGTH -> entry(Part.PROTOCOL, value);
            case RANDOM, SESSION, CIPHERS, COMPRESSIONS, EXTENSION, NAME, PROTOCOL ->
                    throw new IllegalStateException("no number: " + part);
        }
    }

    /// So many octets are behind us.
    private void passed() {
        switch (part) {
            case RANDOM -> next(Part.SESSION_LENGTH);
            case SESSION -> next(Part.CIPHERS_LENGTH);
            case CIPHERS -> next(Part.COMPRESSIONS_LENGTH);
            case COMPRESSIONS -> {
                if (messageLeft == 0) {
                    // TLS 1.2 and older know messages without extensions.
                    complete();
                } else {
                    next(Part.EXTENSIONS_LENGTH);
                }
            }
            case EXTENSION -> nextExtension();
            case NAME -> {
                serverName = name();
                // One name at most is of the one type there is.
                check(listLeft == 0 && !serverName.isEmpty());
                nextExtension();
            }
            case PROTOCOL -> {
                offered();
                if (listLeft > 0) {
                    next(Part.PROTOCOL_LENGTH);
                } else {
                    nextExtension();
                }
            }
            case MESSAGE_TYPE,
                    MESSAGE_LENGTH,
                    VERSION,
                    SESSION_LENGTH,
                    CIPHERS_LENGTH,
                    COMPRESSIONS_LENGTH,
                    EXTENSIONS_LENGTH,
                    EXTENSION_TYPE,
                    EXTENSION_LENGTH,
                    NAMES_LENGTH,
                    NAME_TYPE,
                    NAME_LENGTH,
                    PROTOCOLS_LENGTH,
                    PROTOCOL_LENGTH ->
                    throw new IllegalStateException("a number: " + part);
        }
    }

    private void nextExtension() {
        if (messageLeft == 0) {
            complete();
        } else {
            next(Part.EXTENSION_TYPE);
        }
    }

    private void extension(int length) {
        check(length <= messageLeft);
        extensionLeft = length;
        switch (extensionType) {
            case SERVER_NAME -> {
                check(!nameSeen);
                nameSeen = true;
                next(Part.NAMES_LENGTH);
            }
            case PROTOCOLS -> {
                check(!protocolsSeen);
                protocolsSeen = true;
                next(Part.PROTOCOLS_LENGTH);
            }
            default -> next(Part.EXTENSION, length);
        }
    }

    private void list(int length, Part entry) {
        check(length > 0 && length == extensionLeft);
        listLeft = length;
        next(entry);
    }

    private void entry(Part entry, int length) {
        check(length > 0 && length <= listLeft && length <= LONGEST_NAME);
        textLength = 0;
        if (state == State.READING) {
            next(entry, length);
        }
    }

    private void complete() {
        if (state == State.READING) {
            state = State.COMPLETE;
        }
    }

    /// @return empty where it is no name
    private String name() {
        for (int i = 0; i < textLength; i++) {
            byte b = Octets.lower(text[i]);
            boolean fits =
                    b >= 'a' && b <= 'z'
                            || b >= '0' && b <= '9'
                            || b == '-'
                            || b == '.'
                            || b == '_';
            if (!fits) {
                return "";
            }
            text[i] = b;
        }
        return new String(text, 0, textLength, StandardCharsets.US_ASCII);
    }

    /// A name of a protocol is any octets; what is not visible becomes a question mark.
    private void offered() {
        if (protocols.length() >= LONGEST_LIST) {
            return;
        }
        if (!protocols.isEmpty()) {
            protocols.append(' ');
        }
        for (int i = 0; i < textLength && protocols.length() < LONGEST_LIST; i++) {
            protocols.append(text[i] > ' ' && text[i] < 0x7F ? (char) text[i] : '?');
        }
    }
}
