package io.proa.control.fleet;

import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Problems;
import io.proa.model.ConfigProblem;
import io.proa.model.Revision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The fleet as it is now, made from files that may change: a bad change keeps the last good one.
///
/// Addresses and revision are kept in a folder, so that all who open it there, one after the other,
/// see the same. Safe for use by several threads.
public final class FleetState {
    private final StateFile file;
    private final List<Path> intent;
    private final FleetAddresses addresses;
    private final @Nullable String trustDomain;
    private volatile @Nullable Current current;
    private List<IntentSource> good = List.of();
    private @Nullable CompiledFleet earlier;
    private Set<String> unchanged = Set.of();
    private volatile List<ConfigProblem> problems = List.of();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();

    /// A fleet and the revision it has.
    public record Current(CompiledFleet fleet, Revision revision) {}

    private FleetState(
            StateFile file,
            List<Path> intent,
            FleetAddresses addresses,
            @Nullable String trustDomain) {
        this.file = file;
        this.intent = List.copyOf(intent);
        this.addresses = addresses;
        this.trustDomain = trustDomain;
    }

    /// @param folder where `fleet-state.json` is kept; made with mode 0700 where it is missing
    /// @param intent files, or folders of `.yaml` files
    /// @param trustDomain what the fleet's must be; null = what its file says
    public static FleetState open(
            Path folder, List<Path> intent, FleetAddresses addresses, @Nullable String trustDomain)
            throws IOException {
        return new FleetState(StateFile.in(folder), intent, addresses, trustDomain);
    }

    /// Reads and compiles the intent anew. Where it is good it is the current one from now on,
    /// under a new revision if any of its text has changed.
    ///
    /// A mistake in the files that are always there does not keep out what comes and goes beside
    /// them: that is joined to their last good texts then, and [#problems] has what is wrong.
    ///
    /// @throws IOException where the state cannot be read or kept; the last good fleet stays
    public synchronized Compilation reload() throws IOException {
        var found = new Problems();
        List<IntentSource> sources = IntentSource.read(intent, found);
        Compilation result = use(sources, found);
        problems =
                switch (result) {
                    case Compilation.Rejected rejected -> rejected.problems();
                    case Compilation.Compiled _ -> List.of();
                };
        List<IntentSource> joined = withLastGood(sources);
        return problems.isEmpty() || joined.isEmpty() ? result : use(joined, new Problems());
    }

    /// Has a service as it was before the files that are always there last changed, until they
    /// change again: whoever runs its pods could not follow.
    ///
    /// @param service its name, without the namespace
    /// @return whether there was such a service
    /// @throws IOException where the state cannot be read or kept; all stays as it was
    public synchronized boolean keep(String service) throws IOException {
        CompiledFleet then = earlier;
        if (then == null
                || then.services().stream().noneMatch(each -> each.name().name().equals(service))) {
            return false;
        }
        Set<String> before = unchanged;
        unchanged = Stream.concat(before.stream(), Stream.of(service)).collect(Collectors.toSet());
        try {
            return use(good, new Problems()) instanceof Compilation.Compiled;
        } catch (IOException e) {
            unchanged = before;
            throw e;
        }
    }

    /// @return empty where that is nothing else
    private List<IntentSource> withLastGood(List<IntentSource> sources) {
        List<IntentSource> lasting = lasting(good);
        if (lasting.equals(lasting(sources))) {
            return List.of();
        }
        return Stream.concat(lasting.stream(), sources.stream().filter(this::isGuest)).toList();
    }

    private List<IntentSource> lasting(List<IntentSource> sources) {
        return sources.stream().filter(each -> !isGuest(each)).toList();
    }

    /// Whether it comes and goes: it is in a folder beside the intent that there always is.
    private boolean isGuest(IntentSource source) {
        return intent.stream()
                .skip(1)
                .filter(path -> !IntentSource.mustBeThere(path) || Files.isDirectory(path))
                .anyMatch(path -> path.toAbsolutePath().normalize().equals(source.folder()));
    }

    private Compilation use(List<IntentSource> sources, Problems found) throws IOException {
        StateFile.Content kept = file.load();
        var book = new AddressBook(kept.pods(), kept.services());
        Current before = current;
        // identities are issued under both: while this fleet lives they cannot change
        String namespace = before == null ? null : before.fleet().namespace();
        String domain = before == null ? trustDomain : before.fleet().trustDomain();
        Compilation result =
                new IntentCompiler(addresses, book, domain, namespace).compile(sources, found);
        switch (result) {
            case Compilation.Rejected _ -> {}
            case Compilation.Compiled compiled -> {
                if (before != null && !lasting(good).equals(lasting(sources))) {
                    earlier = before.fleet();
                    unchanged = Set.of();
                }
                CompiledFleet fleet =
                        earlier == null
                                ? compiled.fleet()
                                : compiled.fleet().keeping(unchanged, earlier);
                String digest = digest(sources, fleet);
                long revision =
                        digest.equals(kept.digest()) ? kept.revision() : kept.revision() + 1;
                var next = new StateFile.Content(revision, digest, book.pods(), book.services());
                if (!next.equals(kept)) {
                    file.save(next);
                }
                current = new Current(fleet, new Revision(revision));
                good = List.copyOf(sources);
            }
        }
        return result;
    }

    /// Pods that are in the fleet but about to end: nobody is sent to them any more.
    public Set<String> leaving() {
        return Set.copyOf(leaving);
    }

    /// @param gone whether nobody is to be sent to the pod from now on
    public void setLeaving(String pod, boolean gone) {
        if (gone) {
            leaving.add(pod);
        } else {
            leaving.remove(pod);
        }
    }

    /// The last good fleet; null before the first.
    public @Nullable Current current() {
        return current;
    }

    /// All that is wrong with the files as they were at the last reload, of which the last good
    /// texts are in use; empty = the current fleet is what they say.
    public List<ConfigProblem> problems() {
        return problems;
    }

    /// Of all that a fleet is made of: the same revision is the same fleet.
    private String digest(List<IntentSource> sources, CompiledFleet fleet) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(
                    (addresses + "\n" + fleet.trustDomain() + "\n")
                            .getBytes(StandardCharsets.UTF_8));
            if (!unchanged.isEmpty()) {
                digest.update(("kept " + fleet.services()).getBytes(StandardCharsets.UTF_8));
            }
            for (IntentSource source : sources) {
                byte[] text = source.text().getBytes(StandardCharsets.UTF_8);
                digest.update(
                        (source.folder() + "\n" + text.length + "\n")
                                .getBytes(StandardCharsets.UTF_8));
                digest.update(text);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
