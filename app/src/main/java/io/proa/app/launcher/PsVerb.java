package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.Mode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `proa ps`.
@Command(
        name = "ps",
        header = {"Lists what runs: each program beside its sidecar.", ""},
        description = {
            "",
            "MESH says with how many services a program has spoken through its sidecar:",
            "mTLS:2 with two in mutual TLS, plaintext:1 with one that has no sidecar,",
            "outside with callers or servers beyond the mesh."
        },
        customSynopsis = "proa ps [-a | --fleet NAME] [-o FORMAT]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa ps            the fleet that runs",
            "  proa ps -a         all fleets",
            "  proa ps -o json    with process numbers, addresses and latest events"
        })
public final class PsVerb implements Callable<Integer> {
    private static final int MOST_SAID = 10;

    /// What `-o` takes; the constants are spelled as they are typed.
    enum Format {
        table,
        wide,
        json
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--fleet", paramLabel = "NAME", description = "the fleet to look at")
    private @Nullable String fleet;

    @Option(
            names = {"-a", "--all"},
            description = "all fleets of yours")
    private boolean all;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, wide or json (default: table)")
    private Format output = Format.table;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    private boolean unable;

    @Override
    public Integer call() {
        Map<String, String> environment = System.getenv();
        Fleets fleets = Fleets.of(environment);
        fleets.tellOfTheDead(System.err);
        List<String> names = names(fleets);
        List<JsonNode> reports = new ArrayList<>();
        for (String name : names) {
            JsonNode report = ask(fleets, name);
            if (report != null) {
                reports.add(report);
            }
        }
        print(reports, !names.isEmpty());
        return (unable ? Sysexit.UNAVAILABLE : Sysexit.OK).code();
    }

    private List<String> names(Fleets fleets) {
        if (all || (fleet == null && fleets.running().isEmpty())) {
            return fleets.running();
        }
        return List.of(fleets.chosen(fleet));
    }

    private @Nullable JsonNode ask(Fleets fleets, String name) {
        try {
            JsonNode report = fleets.client(name).get("/ps");
            MeshLook.add(report);
            return report;
        } catch (Fault fault) {
            unable = true;
            fault.print(System.err);
            return null;
        } catch (IOException _) {
            // Starting, ending, or a demo of an older build: it runs, but cannot say what.
            System.err.println("proa: fleet '" + name + "' is starting or ending");
            return null;
        }
    }

    /// @param silent whether something was said already of fleets that do not answer
    private void print(List<JsonNode> reports, boolean silent) {
        PrintWriter out = spec.commandLine().getOut();
        if (output == Format.json) {
            JsonMapper pretty =
                    JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
            out.println(pretty.writeValueAsString(Map.of("fleets", reports)));
            return;
        }
        if (reports.isEmpty()) {
            if (!silent) {
                Fleets.nothingRuns().print(System.err);
            }
            return;
        }
        PsTable table = new PsTable(all, output == Format.wide, true);
        table.lines(reports).forEach(out::println);
        List<String> explicit =
                reports.stream()
                        .filter(report -> report.path("mode").asString().equals("explicit"))
                        .map(report -> report.path("fleet").asString())
                        .toList();
        if (!explicit.isEmpty()) {
            String whose = reports.size() == 1 ? "" : " (" + String.join(", ", explicit) + ")";
            System.err.println("proa: " + Mode.EXPLICIT.caution(whose));
        }
        reports.forEach(PsVerb::tellOfMistakes);
    }

    /// Whoever has changed a document and looks whether it is in use.
    private static void tellOfMistakes(JsonNode report) {
        List<String> said = new ArrayList<>();
        for (JsonNode event : report.path("events")) {
            String sentence = event.path("sentence").asString();
            if (sentence.contains("the changed intent is not in use")) {
                said.clear();
                said.add(sentence);
            } else if (sentence.contains("the intent is good")) {
                said.clear();
            } else if (!said.isEmpty() && said.size() <= MOST_SAID) {
                said.add(sentence);
            }
        }
        said.forEach(System.err::println);
    }
}
