package io.proa.control.intent;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.proa.control.fleet.AddressBlocks;
import io.proa.control.fleet.AddressBook;
import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.IntentCompiler;
import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.json.JsonMapper;

/// The shipped JSON Schema and the readers say the same of every field, and the reference tells
/// them all.
///
/// After a change of the tables run with `-Dproa.golden=write` and read the difference.
final class IntentSchemaTest {
    private static final Path SHIPPED = Path.of("../docs/schema/proa.schema.json");
    private static final Path REFERENCE = Path.of("../docs/documents.md");
    private static final Path EVERYTHING =
            Path.of("src/test/resources/good-intent/everything.yaml");
    private static final Path FOLDER = Path.of("src/test/resources/good-intent").toAbsolutePath();
    private static final Path BAD = Path.of("src/test/resources/bad-intent");

    /// What is wrong there shows in one value alone; in all other samples it takes two.
    private static final Set<String> STRUCTURAL =
            Set.of(
                    "bad-names",
                    "empty-command",
                    "health-checks",
                    "lifecycle",
                    "not-a-document",
                    "policy",
                    "ports",
                    "publish",
                    "start-conditions",
                    "unknown-field",
                    "unknown-target",
                    "unsupported-in-route",
                    "weights",
                    "wrong-kind",
                    "wrong-type");

    /// Text that means itself without quotes.
    private static final Pattern PLAIN =
            Pattern.compile("(?!true|yes)[A-Za-z./-][\\w ./-]*|(\\d+(h|m|s|ms))+|1000:1000");

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Schema SCHEMA =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(IntentSchema.json(), InputFormat.JSON);

    @Test
    void shippedSchemaIsMadeOfTheTables() throws IOException {
        if ("write".equals(System.getProperty("proa.golden"))) {
            Files.writeString(SHIPPED, IntentSchema.json());
        }
        assertThat(Files.readString(SHIPPED)).isEqualTo(IntentSchema.json());
    }

    @Test
    void goodDocumentsAreGoodForBoth() throws IOException {
        var texts = new TreeMap<String, String>();
        for (Path file :
                List.of(
                        EVERYTHING,
                        Path.of("../demo/fleet.yaml"),
                        Path.of("../proving/src/fleet/identical/fleet.yaml"))) {
            texts.put(file.toString(), Files.readString(file));
        }
        List<String> examples = blocks(Files.readString(REFERENCE));
        assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
        for (String example : examples) {
            texts.put("example " + texts.size(), example);
        }
        texts.forEach((name, text) -> {
            assertThat(readerProblems(text)).as(name).isEmpty();
            assertThat(documents(text)).as(name).allMatch(IntentSchemaTest::fits);
        });
    }

    @Test
    void badSamplesAreRefusedByBothWhereOneValueShowsIt() throws IOException {
        var refused = new TreeSet<String>();
        try (var files = Files.list(BAD)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                String text = Files.readString(file);
                assertThat(readerProblems(text)).as(file.toString()).isNotEmpty();
                String name = String.valueOf(file.getFileName()).replace(".yaml", "");
                boolean endless = name.equals("alias-of-itself");
                if (endless
                        || !isWellFormed(text)
                        || !documents(text).stream().allMatch(d -> fits(d))) {
                    refused.add(name);
                }
            }
        }
        var expected = new TreeSet<>(STRUCTURAL);
        expected.addAll(Set.of("alias-of-itself", "broken-yaml", "field-twice", "tab-indentation"));
        assertThat(refused).isEqualTo(expected);
    }

    /// Each field of each mapping in a document that has them all: nonsense as its value is refused
    /// by both, so is a mapping without it where it is required, a word or number that is not in
    /// the table, and a field that nobody knows.
    @Test
    void everyFieldIsReadAndInTheSchema() throws IOException {
        var spoiler = new Spoiler(Files.readString(EVERYTHING));
        List<Spoiler.Spoilt> all = spoiler.all();
        assertThat(all).hasSizeGreaterThan(300);
        assertThat(spoiler.samples().keySet()).containsExactlyInAnyOrderElementsOf(everyField());
        for (Spoiler.Spoilt spoilt : all) {
            String text = JSON.writeValueAsString(spoilt.document());
            assertThat(fits(spoilt.document())).as("schema: %s", spoilt.how()).isFalse();
            assertThat(structuralProblems(text)).as("readers: %s", spoilt.how()).isNotEmpty();
        }
    }

    /// `field:` alone counts as left out, wherever it stands.
    @Test
    void fieldsWithoutValueAreSurvived() throws IOException {
        for (Spoiler.Spoilt spoilt : new Spoiler(Files.readString(EVERYTHING)).withoutValues()) {
            String text = JSON.writeValueAsString(spoilt.document());
            boolean needed = spoilt.how().contains("required");
            assertThat(structuralProblems(text).isEmpty() && needed).as(spoilt.how()).isFalse();
        }
    }

    private static Set<String> everyField() {
        var fields = new TreeSet<String>();
        for (Shape shape : shapes()) {
            shape.names().forEach(field -> fields.add(shape.name() + "." + field));
        }
        return fields;
    }

    private static List<Shape> shapes() {
        var shapes = new ArrayList<Shape>();
        for (DocumentKind kind : DocumentKind.ALL) {
            collect(kind.shape(), shapes);
        }
        return shapes;
    }

    private static void collect(Shape shape, List<Shape> into) {
        if (into.stream().anyMatch(known -> known.name().equals(shape.name()))) {
            return;
        }
        into.add(shape);
        shape.fields().forEach(field -> collect(field.type(), into));
    }

    private static void collect(FieldType type, List<Shape> into) {
        switch (type) {
            case FieldType.Part part -> collect(part.shape(), into);
            case FieldType.Many many -> collect(many.element(), into);
            case FieldType.Either either -> either.alternatives().forEach(t -> collect(t, into));
            case FieldType.Text _,
                    FieldType.Word _,
                    FieldType.Whole _,
                    FieldType.Flag _,
                    FieldType.Time _,
                    FieldType.Plain _,
                    FieldType.Plains _ -> {}
        }
    }

    /// Each mapping's table in the reference is what the code says.
    @Test
    void referenceNamesEveryField() throws IOException {
        String text = Files.readString(REFERENCE);
        var spoiler = new Spoiler(Files.readString(EVERYTHING));
        spoiler.all();
        for (Shape shape : shapes()) {
            if (DocumentKind.named(shape.name()) != null) {
                continue; // the four fields that all kinds have
            }
            String begin = "<!-- fields of " + shape.name() + " -->\n";
            int at = text.indexOf(begin);
            assertThat(at).as("place for the fields of %s", shape.name()).isNotNegative();
            int end = text.indexOf("<!-- end -->", at);
            String table = table(shape, spoiler.samples());
            if ("write".equals(System.getProperty("proa.golden"))) {
                text = text.substring(0, at + begin.length()) + table + text.substring(end);
                Files.writeString(REFERENCE, text);
            } else {
                assertThat(text.substring(at + begin.length(), end)).isEqualTo(table);
            }
        }
    }

    private static String table(Shape shape, Map<String, Object> samples) {
        var table =
                new StringBuilder(
                        "| field | value | left out | example | meaning |\n|---|---|---|---|---|\n");
        for (Shape.Field field : shape.fields()) {
            String example = flow(samples.get(shape.name() + "." + field.name()));
            boolean tooLong = example.length() > 48;
            table.append("| `")
                    .append(field.name())
                    .append("` | ")
                    .append(IntentSchema.inWords(field.type()))
                    .append(" | ")
                    .append(field.required() ? "**required**" : field.absent())
                    .append(" | ")
                    .append(tooLong ? "" : "`" + example.replace("|", "\\|") + "`")
                    .append(" | ")
                    .append(field.says())
                    .append(" |\n");
        }
        if (!shape.unsupported().isEmpty()) {
            table.append("\nRefused by name: `")
                    .append(String.join("`, `", new TreeSet<>(shape.unsupported())))
                    .append("`.\n");
        }
        return table.toString();
    }

    /// As it would be written in one line of YAML.
    private static String flow(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Map<?, ?> map ->
                    "{"
                            + String.join(
                                    ", ",
                                    map.entrySet().stream()
                                            .map(e ->
                                                    (e.getKey() + ": " + flow(e.getValue()))
                                                            .strip())
                                            .toList())
                            + "}";
            case List<?> list ->
                    "["
                            + String.join(", ", list.stream().map(IntentSchemaTest::flow).toList())
                            + "]";
            case String text when !PLAIN.matcher(text).matches() -> "\"" + text + "\"";
            default -> String.valueOf(value);
        };
    }

    private static List<String> blocks(String markdown) {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(markdown)
                .results()
                .map((MatchResult result) -> String.valueOf(result.group(1)))
                .toList();
    }

    private static boolean fits(@Nullable Object document) {
        return SCHEMA.validate(JSON.valueToTree(document)).isEmpty();
    }

    private static boolean isWellFormed(String text) {
        try {
            documents(text);
            return true;
        } catch (RuntimeException _) {
            return false;
        }
    }

    static List<Object> documents(String text) {
        var settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
        var documents = new ArrayList<Object>();
        for (Object document : new Load(settings).loadAllFromString(text)) {
            if (document != null) {
                documents.add(document);
            }
        }
        return documents;
    }

    private static List<ConfigProblem> readerProblems(String text) {
        var source = new IntentSource("x.yaml", FOLDER, text);
        Compilation result =
                new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null)
                        .compile(List.of(source), new Problems());
        return switch (result) {
            case Compilation.Compiled _ -> List.of();
            case Compilation.Rejected rejected -> rejected.problems();
        };
    }

    private static List<ConfigProblem> structuralProblems(String text) {
        var problems = new Problems();
        new IntentReader(problems).read(new IntentSource("x.json", FOLDER, text));
        return problems.all();
    }
}
