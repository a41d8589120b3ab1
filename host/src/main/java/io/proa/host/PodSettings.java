package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What holds for every pod of a fleet.
///
/// @param caller who this process is outside the user namespace that it was made root of; null = it
///   is not in one. Applications then run as the caller in a user namespace of their own, within
///   that of this process, and [PodSpec#user] counts for nothing
/// @param hidden directories that applications see empty, besides the fleet's run directory; those
///   that are not there when an application starts are passed over
/// @param grace how long applications may take to end after SIGTERM, when their pod is closed or
///   this process dies; rounded to 50 ms
public record PodSettings(PodSpec.@Nullable User caller, List<Path> hidden, Duration grace) {
    private static final Duration USUAL_GRACE = Duration.ofSeconds(2);

    public PodSettings {
        hidden = List.copyOf(hidden);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace " + grace + "; expected 0 or more");
        }
    }

    /// Of this process, as the kernel tells: in a user namespace of one single user it is the
    /// namespace's maker
    /// ([user_namespaces(7)](https://man7.org/linux/man-pages/man7/user_namespaces.7.html)).
    public static PodSettings ofThisProcess() {
        return new PodSettings(
                caller(map("/proc/self/uid_map"), map("/proc/self/gid_map")),
                List.of(),
                USUAL_GRACE);
    }

    public PodSettings withHidden(List<Path> directories) {
        return new PodSettings(caller, directories, grace);
    }

    public PodSettings withGrace(Duration other) {
        return new PodSettings(caller, hidden, other);
    }

    /// From the two maps; each line is "first number inside, first outside, how many".
    static PodSpec.@Nullable User caller(String uidMap, String gidMap) {
        Integer uid = onlyOutside(uidMap);
        Integer gid = onlyOutside(gidMap);
        return uid == null || gid == null ? null : new PodSpec.User(uid, gid);
    }

    private static @Nullable Integer onlyOutside(String map) {
        String[] fields = map.strip().split("\\s+", -1);
        boolean single = fields.length == 3 && fields[0].equals("0") && fields[2].equals("1");
        return single ? Integer.parseInt(fields[1]) : null;
    }

    private static String map(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException _) {
            return ""; // a kernel without user namespaces
        }
    }
}
