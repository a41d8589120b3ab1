package io.proa.app.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The documents of programs that have joined a fleet, one file each, so that the control plane
/// learns of them in the one way in which it learns of everything. JSON is YAML.
///
/// @param fleet the name that joins them with the fleet's own document
/// @param folder where they are
record JoinedDocuments(String fleet, Path folder) {
    /// A document of a fleet that has no program yet.
    static void writeEmpty(String fleet, Path file) throws IOException {
        write(file, document(fleet, List.of()));
    }

    /// @param loopback whether the program listens on its loopback only
    void write(Joining program, boolean loopback) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("name", program.name());
        service.put("command", program.command());
        service.put("cwd", program.folder().toString());
        if (!program.ports().isEmpty()) {
            List<Map<String, Object>> ports = new ArrayList<>();
            for (Joining.Port port : program.ports()) {
                ports.add(Map.of("port", port.port(), "targetPort", port.target()));
            }
            service.put("ports", ports);
            service.put("loopback", loopback);
        }
        service.put("restart", "Never");
        write(file(program.name()), document(fleet, List.of(service)));
    }

    void remove(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    private Path file(String name) {
        return folder.resolve(name + ".yaml");
    }

    private static Map<String, Object> document(String fleet, List<Map<String, Object>> services) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "proa.io/v1alpha1");
        document.put("kind", "Fleet");
        document.put("metadata", Map.of("name", fleet));
        document.put("spec", Map.of("services", services));
        return document;
    }

    /// As a whole: the control plane may read at any moment.
    private static void write(Path file, Map<String, Object> document) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, JsonMapper.shared().writeValueAsString(document) + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
