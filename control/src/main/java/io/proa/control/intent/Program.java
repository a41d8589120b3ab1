package io.proa.control.intent;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What to run.
///
/// @param command program and arguments; never empty where there was no problem
/// @param folder where to run it, absolute
/// @param environment added to what every application is given, in the order of the documents
/// @param user whom to run it as; null = whoever started the fleet
public record Program(
        Located<List<String>> command,
        Located<Path> folder,
        Map<String, String> environment,
        @Nullable Located<User> user) {
    public Program {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /// A user of this machine.
    ///
    /// @param name or the decimal number of one
    /// @param group number; null = the user's own group
    public record User(String name, @Nullable Integer group) {
        /// As it is written in documents.
        @Override
        public String toString() {
            return group == null ? name : name + ":" + group;
        }
    }
}
