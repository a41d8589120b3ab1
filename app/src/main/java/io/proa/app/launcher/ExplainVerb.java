package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `proa explain`.
@Command(
        name = "explain",
        header = {"Says what becomes of a connection to a destination, and how that is known.", ""},
        description = {
            "",
            "Each sidecar is asked; one knows of a destination once its program has",
            "called it.",
            "SPOKEN is what was detected there within the last five minutes, HOW by what:",
            "declared, first_bytes of a client that was answered, speculation where the",
            "server spoke first, remembered."
        },
        customSynopsis = "proa explain [--from NAME] [--fleet NAME] [-o FORMAT] DESTINATION",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa explain orders             by name: all ports",
            "  proa explain orders:80          one of them",
            "  proa explain --from web 10.87.0.3:8000"
        })
public final class ExplainVerb implements Callable<Integer> {
    /// What `-o` takes; the constants are spelled as they are typed.
    enum Format {
        table,
        json
    }

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "1",
            paramLabel = "DESTINATION",
            description = "a service or an address, with a port or without")
    private String destination = "";

    @Option(
            names = "--from",
            paramLabel = "NAME",
            description = "ask the sidecars of this service or pod alone")
    private @Nullable String from;

    @Option(names = "--fleet", paramLabel = "NAME", description = "the fleet to look at")
    private @Nullable String fleet;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json (default: table)")
    private Format output = Format.table;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        Fleets fleets = Fleets.of(System.getenv());
        fleets.tellOfTheDead(System.err);
        String name = fleets.chosen(fleet);
        Map<String, JsonNode> answers = new LinkedHashMap<>();
        try {
            for (JsonNode pod : fleets.client(name).get("/ps").path("pods")) {
                String itself = pod.path("pod").asString();
                if (from == null
                        || from.equals(itself)
                        || from.equals(pod.path("service").asString())) {
                    JsonNode answer = ask(Path.of(pod.path("admin_socket").asString()));
                    if (answer != null) {
                        answers.put(itself, answer);
                    }
                }
            }
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "fleet '" + name + "' cannot be asked: " + e.getMessage(),
                    "it may be starting or ending; see proa ps");
        }
        if (answers.isEmpty()) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    from == null
                            ? "no sidecar of fleet '" + name + "' answers"
                            : "saw --from '" + from + "', expected a service or pod of the fleet",
                    "see proa ps");
        }
        print(answers);
        return Sysexit.OK.code();
    }

    private @Nullable JsonNode ask(Path socket) {
        String path =
                "/explain?destination=" + URLEncoder.encode(destination, StandardCharsets.UTF_8);
        try {
            AdminClient.Answer answer = AdminClient.get(socket, path, PATIENCE);
            return answer.status() == 200 ? JsonMapper.shared().readTree(answer.body()) : null;
        } catch (IOException _) {
            return null;
        }
    }

    private void print(Map<String, JsonNode> answers) {
        PrintWriter out = spec.commandLine().getOut();
        if (output == Format.json) {
            JsonMapper pretty =
                    JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
            out.println(pretty.writeValueAsString(Map.of("from", answers)));
        } else {
            lines(answers).forEach(out::println);
        }
    }

    /// One line for each port that a sidecar knows of, or why it knows none.
    static List<String> lines(Map<String, JsonNode> answers) {
        List<String> lines = new ArrayList<>();
        String row = "%-16s %-24s %-6s %-9s %-15s %-12s %s";
        lines.add(
                row.formatted("FROM", "SERVICE", "PORT", "PROTOCOL", "SPOKEN", "HOW", "ENDPOINTS"));
        List<String> notes = new ArrayList<>();
        answers.forEach((pod, answer) -> {
            for (JsonNode port : answer.path("ports")) {
                String how = port.path("how").asString("");
                lines.add(
                        row.formatted(
                                        pod,
                                        port.path("service").asString(""),
                                        port.path("port").asString(""),
                                        port.path("protocol").asString(""),
                                        port.path("spoken").asString(""),
                                        how.contains(" ") ? "-" : how,
                                        endpoints(answer))
                                .stripTrailing());
            }
            String why = answer.path("why").asString("");
            if (!why.isEmpty()) {
                notes.add(pod + ": " + answer.path("becomes").asString("") + ": " + why);
            }
        });
        if (lines.size() == 1) {
            lines.clear();
        }
        lines.addAll(notes);
        return lines;
    }

    private static String endpoints(JsonNode answer) {
        StringBuilder all = new StringBuilder();
        for (JsonNode endpoint : answer.path("endpoints")) {
            all.append(all.isEmpty() ? "" : ", ").append(endpoint.path("pod").asString(""));
            if (endpoint.path("security").asString("").equals("plaintext")) {
                all.append(" (plaintext)");
            }
        }
        return all.toString();
    }
}
