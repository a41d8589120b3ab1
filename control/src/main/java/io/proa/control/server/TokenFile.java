package io.proa.control.server;

import io.proa.control.fleet.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tokens that have not been used, on disk: a sidecar that was given one just before its
/// control plane restarted need not be started anew, and none works twice because of a restart.
/// Only hashes: who reads the file can use none of them.
final class TokenFile {
    private static final String NAME = "tokens.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path path;

    /// @param hash SHA-256 of the token
    /// @param expires by the wall clock
    @SuppressWarnings("ArrayRecordComponent") // held, never compared as a record
    record Kept(String pod, byte[] hash, Instant expires) {}

    TokenFile(Path folder) {
        this.path = folder.resolve(NAME);
    }

    List<Kept> load() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(path));
            if (!root.isArray()) {
                throw new IllegalArgumentException("expected an array");
            }
            var kept = new ArrayList<Kept>();
            for (JsonNode node : root) {
                kept.add(
                        new Kept(
                                node.required("pod").stringValue(),
                                Base64.getDecoder().decode(node.required("sha256").stringValue()),
                                Instant.parse(node.required("expires").stringValue())));
            }
            return kept;
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(path + " is damaged: " + e.getMessage(), e);
        }
    }

    void save(List<Kept> tokens) throws IOException {
        var list = new ArrayList<Map<String, String>>();
        for (Kept token : tokens) {
            var node = new LinkedHashMap<String, String>();
            node.put("pod", token.pod());
            node.put("sha256", Base64.getEncoder().encodeToString(token.hash()));
            node.put("expires", token.expires().toString());
            list.add(node);
        }
        PrivateFile.replace(path, JSON.writeValueAsBytes(list));
    }
}
