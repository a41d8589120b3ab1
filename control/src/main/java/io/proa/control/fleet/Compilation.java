package io.proa.control.fleet;

import io.proa.model.ConfigProblem;
import java.util.List;

/// What came of compiling intent: a whole fleet, or everything that is wrong with it.
public sealed interface Compilation {
    record Compiled(CompiledFleet fleet) implements Compilation {}

    /// @param problems in reading order, never empty
    record Rejected(List<ConfigProblem> problems) implements Compilation {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
