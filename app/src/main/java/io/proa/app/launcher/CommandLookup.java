package io.proa.app.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a shell would say of a command before it runs it.
final class CommandLookup {
    /// As POSIX has it for shells.
    static final int NOT_FOUND = 127;

    static final int NOT_EXECUTABLE = 126;

    private static final int LONGEST_NAME = 40;

    private CommandLookup() {}

    /// @param path the value of `PATH`
    /// @return 0, [#NOT_FOUND] or [#NOT_EXECUTABLE]
    static int look(String program, String path) {
        if (program.contains("/")) {
            return look(Path.of(program));
        }
        int worst = NOT_FOUND;
        for (String folder : path.split(":", -1)) {
            int here = look(Path.of(folder.isEmpty() ? "." : folder, program));
            if (here == 0) {
                return 0;
            }
            worst = Math.min(worst, here);
        }
        return worst;
    }

    private static int look(Path file) {
        if (!Files.exists(file)) {
            return NOT_FOUND;
        }
        return Files.isExecutable(file) && !Files.isDirectory(file) ? 0 : NOT_EXECUTABLE;
    }

    /// A label made of the program's file name: what is no letter or digit becomes a dash.
    static String label(String program) {
        String base = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        StringBuilder label = new StringBuilder();
        for (int i = 0; i < base.length(); i++) {
            char c = base.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (plain) {
                label.append(c);
            } else if (!label.isEmpty() && label.charAt(label.length() - 1) != '-') {
                label.append('-');
            }
        }
        label.setLength(Math.min(label.length(), LONGEST_NAME));
        while (!label.isEmpty() && label.charAt(label.length() - 1) == '-') {
            label.setLength(label.length() - 1);
        }
        return label.isEmpty() ? "app" : label.toString();
    }
}
