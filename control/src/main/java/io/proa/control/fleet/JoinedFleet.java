package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument;
import io.proa.control.intent.IntentDocument.Fleet;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Located;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One fleet, told in one document or in several of the same name. What is said once holds for all
/// of them; what is said twice must be the same.
///
/// @param place of the first document
/// @param trustDomain null = not said
/// @param namespace `default`, at the first document's place, where it was not said
record JoinedFleet(
        Place place,
        String name,
        @Nullable Located<String> trustDomain,
        Located<String> namespace,
        List<Service> services) {
    private static final String DEFAULT_NAMESPACE = "default";

    /// @param sources to say where there is none
    /// @return null where no document is a Fleet, or not all are of one: whose the rest is, is not
    ///   known then
    static @Nullable JoinedFleet of(
            List<IntentDocument> documents, List<IntentSource> sources, Problems problems) {
        Fleet first = null;
        boolean others = false;
        Located<String> trustDomain = null;
        Located<String> namespace = null;
        var services = new ArrayList<Service>();
        for (IntentDocument document : documents) {
            if (!(document instanceof Fleet fleet)) {
                continue;
            }
            if (first == null) {
                first = fleet;
            } else if (!fleet.name().equals(first.name())) {
                problems.add(
                        fleet.place(),
                        "saw a second Fleet, '"
                                + fleet.name()
                                + "', expected one ('"
                                + first.name()
                                + "' at "
                                + first.place()
                                + ")",
                        "give both the same name to join them, or start each on its own");
                others = true;
                continue;
            }
            trustDomain = agreed("trustDomain", trustDomain, fleet.trustDomain(), problems);
            namespace = agreed("namespace", namespace, fleet.namespace(), problems);
            services.addAll(fleet.services());
        }
        if (first == null || others) {
            if (problems.isEmpty()) {
                String where = sources.isEmpty() ? "intent" : sources.getFirst().name();
                problems.add(Place.whole(where), "saw no document of kind Fleet, expected one", "");
            }
            return null;
        }
        return new JoinedFleet(
                first.place(),
                first.name(),
                trustDomain,
                namespace == null ? new Located<>(DEFAULT_NAMESPACE, first.place()) : namespace,
                services);
    }

    private static @Nullable Located<String> agreed(
            String field,
            @Nullable Located<String> before,
            @Nullable Located<String> said,
            Problems problems) {
        if (before == null || said == null) {
            return before == null ? said : before;
        }
        if (!before.value().equals(said.value())) {
            problems.add(
                    said.place(),
                    "saw "
                            + field
                            + " '"
                            + said.value()
                            + "', expected '"
                            + before.value()
                            + "' as at "
                            + before.place(),
                    "it is the whole fleet's: say it in one of its documents only");
        }
        return before;
    }
}
