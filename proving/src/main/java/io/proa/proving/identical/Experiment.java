package io.proa.proving.identical;

import java.util.ArrayList;
import java.util.List;

/// One row of the table: some calls that meet a fault.
///
/// @param name of the row
/// @param meets what the callee does, for people
/// @param steps the case of `faults.txt` that the callee plays
/// @param rule which rule of `fleet.yaml` applies: the first part of the path
/// @param connection what the callee's sidecar has to its application when the calls begin
/// @param call what is called
/// @param times how often, one after the other
record Experiment(
        String name,
        String meets,
        String steps,
        String rule,
        Connection connection,
        Call call,
        int times) {
    /// The sidecar's connection to the application.
    enum Connection {
        /// None is open.
        FRESH,
        /// One is open, and has served a request.
        USED,
        /// None can be made: nobody listens.
        REFUSED
    }

    /// @param size of the body, 0 = none
    /// @param how `-`, `expect` (Expect: 100-continue) or `chunked`
    record Call(String method, int size, String how) {
        static Call of(String method) {
            return new Call(method, 0, "-");
        }

        static Call of(String method, int size) {
            return new Call(method, size, "-");
        }

        @Override
        public String toString() {
            String way =
                    switch (how) {
                        case "expect" -> ", Expect: 100-continue";
                        case "chunked" -> ", chunked";
                        default -> "";
                    };
            return method + (size == 0 ? "" : " " + size + " B" + way);
        }
    }

    /// What the caller's program is told to do before the calls, so that the connection is as it
    /// should be.
    List<String> preparation(Target target) {
        List<String> lines = new ArrayList<>();
        if (connection != Connection.REFUSED) {
            // twice, in case two are open
            lines.add("GET " + target.url(this, "bye", 0, name + "-bye") + " - -");
            lines.add("GET " + target.url(this, "bye", 0, name + "-bye") + " - -");
        }
        if (connection == Connection.USED) {
            lines.add("GET " + target.url(this, "ok", 0, name + "-ok") + " - -");
        }
        return lines;
    }

    /// What the caller's program is told to do.
    List<String> calls(Target target) {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= times; i++) {
            lines.add(
                    call.method()
                            + ' '
                            + target.url(this, steps, i, name)
                            + ' '
                            + (call.size() == 0 ? "-" : call.size())
                            + ' '
                            + call.how());
        }
        return lines;
    }

    /// Whom a caller calls.
    ///
    /// @param callee its service
    /// @param seed of the faults
    /// @param run makes paths unlike those of every other caller; the callee counts attempts by
    ///   path
    record Target(String callee, int seed, String run) {
        private String url(Experiment experiment, String steps, int number, String key) {
            int port = experiment.connection == Connection.REFUSED ? 8081 : 8080;
            return "http://"
                    + callee
                    + ':'
                    + port
                    + '/'
                    + experiment.rule
                    + '/'
                    + steps
                    + '/'
                    + seed
                    + '/'
                    + number
                    + '/'
                    + run
                    + '-'
                    + key;
        }
    }
}
