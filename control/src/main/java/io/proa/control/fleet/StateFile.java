package io.proa.control.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What must outlive the control plane besides its authority: which revision it had reached, and
/// who has which address.
final class StateFile {
    private static final String NAME = "fleet-state.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path path;

    record Content(
            long revision,
            String digest,
            Map<String, Integer> pods,
            Map<String, Integer> services) {
        static final Content NONE = new Content(0, "", Map.of(), Map.of());
    }

    private StateFile(Path path) {
        this.path = path;
    }

    static StateFile in(Path folder) throws IOException {
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new StateFile(folder.resolve(NAME));
    }

    Content load() throws IOException {
        if (!Files.exists(path)) {
            return Content.NONE;
        }
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(path));
            return new Content(
                    revision(root.required("revision").longValue()),
                    root.required("digest").stringValue(),
                    numbers(root.required("pods")),
                    numbers(root.required("services")));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException(
                    path + " is damaged (" + e.getMessage() + "); stop the fleet and remove it", e);
        }
    }

    private static long revision(long number) {
        if (number < 0) {
            throw new IllegalArgumentException(
                    "saw revision " + number + ", expected none below 0");
        }
        return number;
    }

    void save(Content content) throws IOException {
        var root = new LinkedHashMap<String, Object>();
        root.put("revision", content.revision());
        root.put("digest", content.digest());
        root.put("pods", content.pods());
        root.put("services", content.services());
        PrivateFile.replace(path, JSON.writeValueAsBytes(root));
    }

    /// One number each, for two names with one would have one address.
    private static Map<String, Integer> numbers(JsonNode node) {
        var numbers = new TreeMap<String, Integer>();
        var taken = new HashSet<Integer>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            int number = entry.getValue().intValue();
            if (number < 0 || !taken.add(number)) {
                throw new IllegalArgumentException(
                        "saw number " + number + " for '" + entry.getKey() + "', expected another");
            }
            numbers.put(entry.getKey(), number);
        }
        return numbers;
    }
}
