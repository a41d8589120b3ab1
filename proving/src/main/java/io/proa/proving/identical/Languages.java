package io.proa.proving.identical;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Who plays whom: the languages that the fleet's document asks for, or stand-ins for those that
/// this machine lacks.
///
/// @param playing the language that plays, by the one asked for
record Languages(Map<String, String> playing) {
    private static final List<String> STAND_INS = List.of("perl", "c");

    /// @param wanted each once
    /// @param folder of `run`
    static Languages cast(List<String> wanted, Path folder) throws IOException {
        Map<String, String> playing = new LinkedHashMap<>();
        for (String language : wanted) {
            if (can(folder, language)) {
                playing.put(language, language);
            }
        }
        Set<String> taken = new TreeSet<>(playing.values());
        for (String language : wanted) {
            if (!playing.containsKey(language)) {
                playing.put(language, standIn(language, taken, folder));
            }
        }
        return new Languages(playing);
    }

    private static String standIn(String missing, Set<String> taken, Path folder)
            throws IOException {
        for (String candidate : STAND_INS) {
            if (!taken.contains(candidate) && can(folder, candidate)) {
                taken.add(candidate);
                return candidate;
            }
        }
        throw Fault.of(
                Sysexit.UNAVAILABLE,
                missing + " is missing, and so is every stand-in (" + STAND_INS + ")",
                "install " + missing);
    }

    /// Sentences about stand-ins.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        playing.forEach((wanted, plays) -> {
            if (!wanted.equals(plays)) {
                notes.add("no " + wanted + " on this machine: " + plays + " stands in for it");
            }
        });
        return notes;
    }

    void build(Path folder) throws IOException {
        for (String language : playing.values()) {
            Process build = start(folder, "--build", language);
            String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (await(build) != 0) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "the programs in " + language + " could not be built: " + said.strip(),
                        folder + "/run --build " + language);
            }
        }
    }

    private static boolean can(Path folder, String language) throws IOException {
        Process asked = start(folder, "--can", language);
        asked.getInputStream().readAllBytes();
        return await(asked) == 0;
    }

    private static Process start(Path folder, String verb, String language) throws IOException {
        return new ProcessBuilder("./run", verb, language)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
