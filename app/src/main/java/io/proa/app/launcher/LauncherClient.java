package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.fleet.AdminClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a running fleet's launcher.
///
/// @param socket `launcher.sock` in the fleet's run directory
record LauncherClient(Path socket) {
    static final String SOCKET = "launcher.sock";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// @throws IOException where nobody answers
    /// @throws Fault what the launcher says against it
    JsonNode get(String path) throws IOException {
        return read(AdminClient.get(socket, path, PATIENCE));
    }

    /// @param body written as JSON
    /// @param patience for the answer
    JsonNode post(String path, Object body, Duration patience) throws IOException {
        String json = JsonMapper.shared().writeValueAsString(body);
        return read(AdminClient.post(socket, path, json, patience));
    }

    private static JsonNode read(AdminClient.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw FaultText.parse(answer.body());
        }
        try {
            return JsonMapper.shared().readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException("the launcher's answer is no JSON", e);
        }
    }
}
