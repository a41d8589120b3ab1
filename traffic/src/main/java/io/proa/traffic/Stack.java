package io.proa.traffic;

import java.util.ArrayList;
import java.util.List;

/// The steps of one side of the sidecar, written and read in travel order, top to bottom.
///
/// The types of neighbouring steps must meet (a router that takes a permitted request cannot stand
/// before policy) and the roles must stand in the order of [Role]; [#describe] prints what was
/// built.
///
/// @param <Q> what enters the first step
/// @param <R> what the first step answers
/// @param <Q2> what leaves the last step so far
/// @param <R2> what the last step so far expects in answer
public final class Stack<Q, R, Q2, R2> {
    private final String name;
    private final List<Step> steps;
    private final Composer<Q, R, Q2, R2> composer;

    private Stack(String name, List<Step> steps, Composer<Q, R, Q2, R2> composer) {
        this.name = name;
        this.steps = steps;
        this.composer = composer;
    }

    /// One line of a stack's description.
    public record Step(Role role, String why) {}

    /// A finished stack.
    public record Built<Q, R>(String name, List<Step> steps, Service<Q, R> service) {
        public String describe() {
            StringBuilder text = new StringBuilder(name).append('\n');
            for (Step step : steps) {
                text.append("  ")
                        .append("%-9s".formatted(step.role()))
                        .append(' ')
                        .append(step.why())
                        .append('\n');
            }
            return text.toString();
        }
    }

    @FunctionalInterface
    private interface Composer<Q, R, Q2, R2> {
        Service<Q, R> onto(Service<Q2, R2> rest);
    }

    public static <Q, R> Stack<Q, R, Q, R> named(String name) {
        return new Stack<>(name, List.of(), rest -> rest);
    }

    public <Q3, R3> Stack<Q, R, Q3, R3> then(Role role, String why, Filter<Q2, R2, Q3, R3> filter) {
        Composer<Q, R, Q2, R2> before = composer;
        return new Stack<>(
                name,
                with(role, why),
                rest -> before.onto((request, reply) -> filter.apply(request, reply, rest)));
    }

    public Built<Q, R> to(Role role, String why, Service<Q2, R2> last) {
        return new Built<>(name, with(role, why), composer.onto(last));
    }

    private List<Step> with(Role role, String why) {
        if (!steps.isEmpty() && steps.getLast().role().compareTo(role) >= 0) {
            throw new IllegalStateException(
                    name + ": " + role + " must stand before " + steps.getLast().role());
        }
        List<Step> more = new ArrayList<>(steps);
        more.add(new Step(role, why));
        return List.copyOf(more);
    }
}
