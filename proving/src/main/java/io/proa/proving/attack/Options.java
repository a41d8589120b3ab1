package io.proa.proving.attack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command line of [AttackProof] says.
record Options(
        Path scratch,
        boolean quick,
        String only,
        @Nullable Path page,
        String commit,
        String date,
        List<PeerBinary> peers) {
    /// A peer to be attacked too, by what has `only` in its name.
    record PeerBinary(String name, String binary, String only) {}

    /// @return null where it is not understood
    static @Nullable Options parse(String[] args) {
        if (args.length == 0) {
            return null;
        }
        boolean quick = false;
        String only = "";
        Path page = null;
        String commit = "";
        String date = "";
        List<PeerBinary> peers = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            int left = args.length - i - 1;
            if (args[i].equals("--quick")) {
                quick = true;
            } else if (args[i].equals("--only") && left >= 1) {
                only = args[++i];
            } else if (args[i].equals("--page") && left >= 3) {
                page = Path.of(args[++i]);
                commit = args[++i];
                date = args[++i];
            } else if (args[i].equals("--peer") && left >= 3) {
                peers.add(new PeerBinary(args[++i], args[++i], args[++i]));
            } else {
                return null;
            }
        }
        return new Options(Path.of(args[0]), quick, only, page, commit, date, peers);
    }
}
