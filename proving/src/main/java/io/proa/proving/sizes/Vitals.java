package io.proa.proving.sizes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is known of a sidecar's process.
///
/// @param collections where its JVM writes what it collected
/// @param events where it writes what happens to it
/// @param access its access log
record Vitals(String name, Process process, Path collections, Path events, Path access) {
    private static final int PAGE_KIB = 4;
    private static final Pattern COLLECTED = Pattern.compile("->([0-9]+)M\\(([0-9]+)M\\)");

    /// Resident memory; 0 when the process is no more.
    long residentKib() {
        try {
            String file = "/proc/" + process.pid() + "/statm";
            return Long.parseLong(Files.readString(Path.of(file)).split(" ", -1)[1]) * PAGE_KIB;
        } catch (IOException _) {
            return 0;
        }
    }

    /// The most that was left after a collection so far, in MiB; 0 = nothing was collected.
    long mostHeapMib() {
        long most = 0;
        try {
            Matcher found = COLLECTED.matcher(Files.readString(collections));
            while (found.find()) {
                most = Math.max(most, Long.parseLong(found.group(1)));
            }
        } catch (IOException _) {
            // Nothing was.
        }
        return most;
    }

    /// How many connections it has refused for want of room.
    int shed() throws IOException {
        return Files.readString(access).split("\"reason\":\"shed\"", -1).length - 1;
    }

    /// What went wrong; empty = nothing.
    String trouble() throws IOException {
        String told = Files.exists(events) ? Files.readString(events) : "";
        if (told.contains("OutOfMemoryError")) {
            return "the " + name + "'s sidecar met an OutOfMemoryError";
        }
        return process.isAlive() ? "" : "the " + name + "'s sidecar has ended: " + told;
    }
}
