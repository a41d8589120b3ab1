package io.proa.control.intent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/// One text of intent.
///
/// @param name what messages call it, the file as the user named it
/// @param folder what relative paths in it are relative to
public record IntentSource(String name, Path folder, String text) {
    /// More than any fleet needs; what is longer is not intent.
    private static final int MAX_BYTES = 1 << 20;

    /// The path that a field of this text names, from its folder; a problem, and the folder itself,
    /// where no file here can be called so: a NUL, or a letter that the locale cannot write.
    Path path(Located<String> named, Problems problems) {
        try {
            return folder.resolve(named.value()).normalize();
        } catch (InvalidPathException e) {
            problems.add(
                    named.place(),
                    "saw a path that no file here can have (" + e.getReason() + ")",
                    "letters beyond ASCII take a locale of UTF-8, such as LC_ALL=C.UTF-8");
            return folder;
        }
    }

    /// The files that `paths` name, each once: themselves, and of a folder those that end in
    /// `.yaml` or `.yml`, by name. All but the first may be a folder that is empty, or not there:
    /// what comes and goes besides the intent that there always is.
    private static Collection<Path> files(List<Path> paths, Problems problems) {
        var files = new LinkedHashMap<Path, Path>();
        for (Path path : paths) {
            boolean first = path.equals(paths.getFirst());
            if (!Files.isDirectory(path)) {
                if (first || mustBeThere(path)) {
                    files.putIfAbsent(path.toAbsolutePath().normalize(), path);
                }
                continue;
            }
            try (Stream<Path> entries = Files.list(path)) {
                List<Path> found = entries.filter(IntentSource::isYaml).sorted().toList();
                found.forEach(file -> files.putIfAbsent(file.toAbsolutePath().normalize(), file));
                if (found.isEmpty() && first) {
                    problems.add(
                            Place.whole(path.toString()),
                            "saw no .yaml file in this folder, expected one",
                            "");
                }
            } catch (IOException e) {
                problems.add(Place.whole(path.toString()), "cannot be listed: " + reason(e), "");
            }
        }
        return files.values();
    }

    /// Reads `paths`; what cannot be read is a problem.
    public static List<IntentSource> read(List<Path> paths, Problems problems) {
        var sources = new ArrayList<IntentSource>();
        for (Path file : files(paths, problems)) {
            try {
                Path folder = file.toAbsolutePath().normalize().getParent();
                add(
                        sources,
                        file.toString(),
                        folder == null ? Path.of("/") : folder,
                        bytes(file),
                        problems);
            } catch (NoSuchFileException _) {
                if (paths.contains(file)) { // else it was in a folder, and is no longer
                    problems.add(
                            Place.whole(file.toString()),
                            "no such file or folder",
                            "check the path; relative ones begin at "
                                    + Path.of("").toAbsolutePath());
                }
            } catch (IOException e) {
                problems.add(Place.whole(file.toString()), "cannot be read: " + reason(e), "");
            }
        }
        return sources;
    }

    /// Reads a stream, such as standard input. What is relative in it is so to the current folder.
    ///
    /// @param name for messages
    /// @return nothing where there is a problem
    public static List<IntentSource> read(String name, InputStream input, Problems problems)
            throws IOException {
        var sources = new ArrayList<IntentSource>();
        byte[] bytes = input.readNBytes(MAX_BYTES + 1);
        add(sources, name, Path.of("").toAbsolutePath(), bytes, problems);
        return sources;
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            return input.readNBytes(MAX_BYTES + 1);
        }
    }

    private static void add(
            List<IntentSource> sources, String name, Path folder, byte[] bytes, Problems problems) {
        if (bytes.length > MAX_BYTES) {
            problems.add(
                    Place.whole(name), "saw more than " + MAX_BYTES + " bytes, expected fewer", "");
            return;
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            sources.add(new IntentSource(name, folder, text));
        } catch (CharacterCodingException _) {
            problems.add(Place.whole(name), "is not UTF-8 text", "");
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException
                ? "not allowed; run as its owner, or chmod it"
                : String.valueOf(e.getMessage());
    }

    /// Whether a path beside the first one is no folder by its name.
    public static boolean mustBeThere(Path path) {
        return Files.exists(path) || hasYamlName(path);
    }

    private static boolean isYaml(Path file) {
        return hasYamlName(file) && Files.isRegularFile(file);
    }

    private static boolean hasYamlName(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }
}
