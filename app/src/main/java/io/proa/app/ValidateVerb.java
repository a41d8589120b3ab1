package io.proa.app;

import io.proa.control.fleet.AddressBlocks;
import io.proa.control.fleet.AddressBook;
import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.IntentCompiler;
import io.proa.control.fleet.SharedLoopback;
import io.proa.control.intent.IntentDocument;
import io.proa.control.intent.IntentReader;
import io.proa.control.intent.IntentSchema;
import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/// `proa validate`: all that is wrong with documents, without starting anything.
@Command(
        name = "validate",
        header = {"Checks documents, as one fleet, and names all problems at once.", ""},
        customSynopsis = "proa validate [--explicit] [-o FORMAT] FILE|FOLDER|-...",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa validate demo/fleet.yaml",
            "  proa validate fleet/ policies.yaml -o json",
            "  proa validate --explicit fleet.yaml          as proa up --explicit takes it",
            "  render-fleet | proa validate -",
            "  proa validate --schema > proa.schema.json    for editors",
            "",
            "Exit codes: 0 nothing is wrong, 65 something is, 66 a file is missing.",
            "Programs and folders that the documents name need not be on this machine."
        })
final class ValidateVerb implements Callable<Integer> {
    private static final String INPUT = "-";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "documents, folders of .yaml files, or - for standard input")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description = "table or json (default: table)")
    private Format output = Format.TABLE;

    @Option(names = "--explicit", description = "as a fleet in explicit mode, on one loopback")
    private boolean explicit;

    @Option(names = "--schema", description = "print the documents' JSON Schema instead")
    private boolean schema;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    enum Format {
        TABLE,
        JSON
    }

    /// As it is typed.
    static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return switch (text) {
                case "table" -> Format.TABLE;
                case "json" -> Format.JSON;
                default ->
                        throw new TypeConversionException(
                                "saw '" + text + "', expected table or json");
            };
        }
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (schema) {
            out.print(IntentSchema.json());
            out.flush();
            return Sysexit.OK.code();
        }
        if (names.isEmpty()) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "saw no file, expected at least one file or folder, or - for standard input",
                    "see proa validate --help");
        }
        Problems problems = new Problems();
        boolean missing = false;
        List<Path> paths = new ArrayList<>();
        List<IntentSource> sources = new ArrayList<>();
        for (String name : names) {
            if (name.equals(INPUT)) {
                read(sources, problems);
            } else if (name.isBlank() || !Files.exists(Path.of(name))) {
                missing = true;
                problems.add(
                        Place.whole(name),
                        "no such file or folder",
                        "relative paths begin at " + Path.of("").toAbsolutePath());
            } else {
                paths.add(Path.of(name));
            }
        }
        if (!paths.isEmpty()) {
            sources.addAll(IntentSource.read(paths, problems));
        }
        List<ConfigProblem> found = problems(sources, problems);
        switch (output) {
            case TABLE -> printTable(sources, found, out);
            case JSON -> out.println(json(sources, found));
        }
        return (missing ? Sysexit.NO_INPUT : found.isEmpty() ? Sysexit.OK : Sysexit.DATA).code();
    }

    private static void read(List<IntentSource> sources, Problems problems) {
        try {
            sources.addAll(IntentSource.read("standard input", System.in, problems));
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.NO_INPUT, "standard input cannot be read: " + e.getMessage(), "");
        }
    }

    private List<ConfigProblem> problems(List<IntentSource> sources, Problems problems) {
        IntentCompiler compiler =
                new IntentCompiler(
                        explicit ? SharedLoopback.ANYWHERE : AddressBlocks.DEFAULT,
                        new AddressBook(),
                        null);
        return switch (compiler.compile(sources, problems)) {
            case Compilation.Compiled _ -> problems.all();
            case Compilation.Rejected rejected -> rejected.problems();
        };
    }

    private static void printTable(
            List<IntentSource> sources, List<ConfigProblem> problems, PrintWriter out) {
        problems.forEach(out::println);
        if (problems.isEmpty()) {
            for (IntentSource source : sources) {
                List<String> documents =
                        documents(source).stream().map(ValidateVerb::inWords).toList();
                out.println(
                        source.name()
                                + ": "
                                + (documents.isEmpty()
                                        ? "no documents"
                                        : String.join(", ", documents)));
            }
        }
    }

    /// The compiler has read them already, and told of what is wrong.
    private static List<IntentDocument> documents(IntentSource source) {
        return new IntentReader(new Problems()).read(source);
    }

    private static String inWords(IntentDocument document) {
        return switch (document) {
            case IntentDocument.Fleet fleet ->
                    "Fleet "
                            + fleet.name()
                            + " ("
                            + counted(fleet.services().size(), "service")
                            + ", "
                            + counted(pods(fleet), "pod")
                            + ")";
            case IntentDocument.HttpRoute route -> "HTTPRoute " + route.name();
            case IntentDocument.TrafficPolicy policy -> "TrafficPolicy " + policy.name();
        };
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static int pods(IntentDocument.Fleet fleet) {
        return fleet.services().stream().mapToInt(service -> service.replicas().value()).sum();
    }

    private static String json(List<IntentSource> sources, List<ConfigProblem> problems) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("valid", problems.isEmpty());
        root.put("files", sources.stream().map(ValidateVerb::file).toList());
        root.put("problems", problems.stream().map(ValidateVerb::problem).toList());
        return JSON.writeValueAsString(root);
    }

    private static Map<String, Object> file(IntentSource source) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("file", source.name());
        file.put("documents", documents(source).stream().map(ValidateVerb::fields).toList());
        return file;
    }

    private static Map<String, Object> fields(IntentDocument document) {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (document) {
            case IntentDocument.Fleet fleet -> {
                fields.put("kind", "Fleet");
                fields.put("name", fleet.name());
                fields.put("services", fleet.services().size());
                fields.put("pods", pods(fleet));
            }
            case IntentDocument.HttpRoute route -> {
                fields.put("kind", "HTTPRoute");
                fields.put("name", route.name());
            }
            case IntentDocument.TrafficPolicy policy -> {
                fields.put("kind", "TrafficPolicy");
                fields.put("name", policy.name());
            }
        }
        return fields;
    }

    private static Map<String, Object> problem(ConfigProblem problem) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", problem.source());
        fields.put("line", problem.line());
        fields.put("column", problem.column());
        fields.put("message", problem.message());
        fields.put("hint", problem.hint());
        return fields;
    }
}
