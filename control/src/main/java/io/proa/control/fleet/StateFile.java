package io.proa.control.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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
                    root.required("revision").longValue(),
                    root.required("digest").stringValue(),
                    numbers(root.required("pods")),
                    numbers(root.required("services")));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException(
                    path + " is damaged (" + e.getMessage() + "); stop the fleet and remove it", e);
        }
    }

    void save(Content content) throws IOException {
        var root = new LinkedHashMap<String, Object>();
        root.put("revision", content.revision());
        root.put("digest", content.digest());
        root.put("pods", content.pods());
        root.put("services", content.services());
        Path draft =
                Files.createTempFile(
                        path.toAbsolutePath().getParent(),
                        NAME,
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(draft, JSON.writeValueAsBytes(root));
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static Map<String, Integer> numbers(JsonNode node) {
        var numbers = new TreeMap<String, Integer>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            numbers.put(entry.getKey(), entry.getValue().intValue());
        }
        return numbers;
    }
}
