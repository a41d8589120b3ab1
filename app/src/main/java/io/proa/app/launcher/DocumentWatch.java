package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks whether a fleet's documents have changed, and makes the fleet follow. What is wrong with a
/// change the control plane says; the fleet stays as it was then. For one thread.
final class DocumentWatch {
    private final FleetRunner fleet;
    private final List<Path> documents;
    private final String path;
    private final Progress progress;
    private List<String> seen;

    /// @param path the value of `PATH`
    DocumentWatch(FleetRunner fleet, List<Path> documents, String path, Progress progress) {
        this.fleet = fleet;
        this.documents = documents;
        this.path = path;
        this.progress = progress;
        this.seen = stamps();
    }

    void look() {
        List<String> now = stamps();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        FleetDocument read;
        try {
            read = FleetDocument.read(documents, fleet.mode());
        } catch (Fault _) {
            return; // the control plane says so with its place
        }
        try {
            read.checkPrograms(path);
            fleet.change(read.plan());
        } catch (Fault fault) {
            progress.news("the change is not all in use: " + fault.getMessage());
        }
    }

    private List<String> stamps() {
        List<String> stamps = new ArrayList<>();
        for (Path document : documents) {
            try {
                stamps.add(Files.getLastModifiedTime(document) + " " + Files.size(document));
            } catch (IOException _) {
                stamps.add("gone");
            }
        }
        return stamps;
    }
}
