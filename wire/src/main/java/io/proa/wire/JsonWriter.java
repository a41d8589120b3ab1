package io.proa.wire;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// Makes one JSON document in memory.
final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonWriter() {}

    interface Document {
        void write(JsonGenerator out);
    }

    /// In one line.
    static byte[] compact(Document document) {
        return write(ObjectWriteContext.empty(), document);
    }

    /// In many lines, for people.
    static byte[] indented(Document document) {
        return write(
                new ObjectWriteContext.Base() {
                    @Override
                    public boolean hasPrettyPrinter() {
                        return true;
                    }

                    @Override
                    public PrettyPrinter getPrettyPrinter() {
                        return new DefaultPrettyPrinter();
                    }
                },
                document);
    }

    private static byte[] write(ObjectWriteContext context, Document document) {
        var bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = FACTORY.createGenerator(context, bytes)) {
            document.write(out);
        }
        return bytes.toByteArray();
    }
}
