package io.proa.control.intent;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// One text of intent.
///
/// @param name what messages call it, the file as the user named it
/// @param folder what relative paths in it are relative to
public record IntentSource(String name, Path folder, String text) {
    /// More than any fleet needs; what is longer is not intent.
    private static final long MAX_BYTES = 1 << 20;

    /// The files that `paths` name: themselves, and of a folder those that end in `.yaml` or
    /// `.yml`, by name. All but the first may be a folder that is empty, or not there: what comes
    /// and goes besides the intent that there always is.
    static List<Path> files(List<Path> paths, Problems problems) {
        var files = new ArrayList<Path>();
        for (Path path : paths) {
            boolean first = path.equals(paths.getFirst());
            if (!Files.isDirectory(path)) {
                if (first || mustBeThere(path)) {
                    files.add(path);
                }
                continue;
            }
            try (Stream<Path> entries = Files.list(path)) {
                List<Path> found = entries.filter(IntentSource::isYaml).sorted().toList();
                files.addAll(found);
                if (found.isEmpty() && first) {
                    problems.add(
                            Place.whole(path.toString()),
                            "saw no .yaml file in this folder, expected one",
                            "");
                }
            } catch (IOException e) {
                problems.add(
                        Place.whole(path.toString()), "cannot be listed: " + e.getMessage(), "");
            }
        }
        return files;
    }

    /// Reads `paths`; what cannot be read is a problem.
    public static List<IntentSource> read(List<Path> paths, Problems problems) {
        var sources = new ArrayList<IntentSource>();
        for (Path file : files(paths, problems)) {
            Place place = Place.whole(file.toString());
            try {
                if (!Files.exists(file)) {
                    problems.add(
                            place,
                            "no such file or folder",
                            "check the path; relative ones begin at "
                                    + Path.of("").toAbsolutePath());
                } else if (Files.size(file) > MAX_BYTES) {
                    problems.add(
                            place,
                            "saw " + Files.size(file) + " bytes, expected at most " + MAX_BYTES,
                            "");
                } else {
                    Path folder = file.toAbsolutePath().normalize().getParent();
                    sources.add(
                            new IntentSource(
                                    file.toString(),
                                    folder == null ? Path.of("/") : folder,
                                    Files.readString(file)));
                }
            } catch (CharacterCodingException _) {
                problems.add(place, "is not UTF-8 text", "");
            } catch (IOException e) {
                problems.add(place, "cannot be read: " + e.getMessage(), "");
            }
        }
        return sources;
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
