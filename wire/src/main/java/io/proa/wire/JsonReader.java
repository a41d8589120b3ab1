package io.proa.wire;

import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Strict pull reading of JSON: each method reads one value of one type or says where something
/// else stood.
///
/// An object is read as `beginObject(); while (nextField()) switch (field()) {...}`, an array as
/// `beginArray(); while (nextElement()) ...`; both loops leave the reader behind the closing
/// bracket. Unknown and repeated fields, text after the document, and nesting deeper than any
/// message has are faults.
final class JsonReader {
    private static final int MAX_TEXT = 1 << 20;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(16)
                                    .maxStringLength(MAX_TEXT)
                                    .maxNameLength(256)
                                    .maxNumberLength(32)
                                    .build())
                    .build();

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /// One document, as a function of the reader behind its first token.
    interface Document<T> {
        T read(JsonReader in) throws MalformedMessage;
    }

    static <T> T read(byte[] json, int offset, int length, Document<T> document)
            throws MalformedMessage {
        JsonReader in = null;
        try {
            in =
                    new JsonReader(
                            FACTORY.createParser(ObjectReadContext.empty(), json, offset, length));
            in.parser.nextToken();
            T result = document.read(in);
            if (in.parser.nextToken() != null) {
                throw in.fault("saw " + in.seen() + " after the end, expected nothing");
            }
            return result;
        } catch (JacksonException e) {
            throw malformed(in, e);
        } finally {
            if (in != null) {
                in.parser.close();
            }
        }
    }

    private static MalformedMessage malformed(@Nullable JsonReader in, JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String where =
                at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        return new MalformedMessage(
                in == null ? "" : in.path(),
                "not well-formed JSON: " + withoutSource(e.getOriginalMessage()) + where);
    }

    /// The parser's own words for "where", which come again in ours.
    private static String withoutSource(@Nullable String message) {
        if (message == null) {
            return "";
        }
        int start = message.indexOf(" (start marker at ");
        return start < 0 ? message : message.substring(0, start);
    }

    void beginObject() throws MalformedMessage {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw unexpected("an object");
        }
    }

    /// Steps to the next field's value; false behind the object's end.
    boolean nextField() {
        if (parser.nextToken() == JsonToken.END_OBJECT) {
            return false;
        }
        parser.nextToken();
        return true;
    }

    /// The name of the field whose value stands next.
    String field() {
        return parser.currentName();
    }

    void beginArray() throws MalformedMessage {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw unexpected("an array");
        }
    }

    boolean nextElement() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    String text() throws MalformedMessage {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unexpected("text");
        }
        return parser.getString();
    }

    boolean flag() throws MalformedMessage {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw unexpected("true or false");
        };
    }

    long number(long lowest, long highest) throws MalformedMessage {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            try {
                long value = parser.getLongValue();
                if (value >= lowest && value <= highest) {
                    return value;
                }
            } catch (JacksonException _) {
                // does not even fit a long: out of range like the rest
            }
        }
        throw unexpected("a whole number from " + lowest + " to " + highest);
    }

    int port() throws MalformedMessage {
        return (int) number(1, 65535);
    }

    boolean isText() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    Duration duration() throws MalformedMessage {
        String text = text();
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw fault(e);
        }
    }

    InetAddress address() throws MalformedMessage {
        String text = text();
        try {
            return IpPort.literal(text);
        } catch (IllegalArgumentException e) {
            throw fault(e);
        }
    }

    IpPort ipPort() throws MalformedMessage {
        String text = text();
        try {
            return IpPort.parse(text);
        } catch (IllegalArgumentException e) {
            throw fault(e);
        }
    }

    SpiffeId spiffeId() throws MalformedMessage {
        String text = text();
        try {
            return SpiffeId.parse(text);
        } catch (IllegalArgumentException e) {
            throw fault(e);
        }
    }

    /// `name.namespace`; a bare name is in namespace `default`.
    ServiceName serviceName() throws MalformedMessage {
        String text = text();
        int dot = text.indexOf('.');
        try {
            return dot < 0
                    ? new ServiceName("default", text)
                    : new ServiceName(text.substring(dot + 1), text.substring(0, dot));
        } catch (IllegalArgumentException e) {
            throw fault(e);
        }
    }

    /// To be called behind the object's end.
    <T> T required(String field, @Nullable T value) throws MalformedMessage {
        if (value == null) {
            throw fault("saw no field '" + field + "', expected it");
        }
        return value;
    }

    /// For objects that know one field only.
    void expectField(String name) throws MalformedMessage {
        if (!name.equals(field())) {
            throw unknownField(name);
        }
    }

    MalformedMessage unknownField(String known) {
        return fault("saw unknown field '" + field() + "', expected " + known);
    }

    MalformedMessage unexpected(String expected) {
        return fault("saw " + seen() + ", expected " + expected);
    }

    MalformedMessage fault(IllegalArgumentException e) {
        String message = e.getMessage();
        return fault(message == null ? "not acceptable" : message);
    }

    MalformedMessage fault(String problem) {
        return new MalformedMessage(path(), problem);
    }

    private String path() {
        return parser.streamReadContext().pathAsPointer().toString();
    }

    private String seen() {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case null -> "nothing";
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "'" + shortened(parser.getString()) + "'";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL ->
                    shortened(parser.getString());
            case PROPERTY_NAME -> "field '" + shortened(parser.currentName()) + "'";
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> token.name();
        };
    }

    /// A fault must not be longer than what caused it is worth.
    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
