package io.proa.app.demo;

import io.proa.app.OutputFormat;
import io.proa.app.fleet.AccessLogging;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What `proa demo` was asked for.
///
/// @param once run for `duration` and report, instead of until Ctrl-C
/// @param port of 127.0.0.1 for the front page; 0 = as the fleet's document says
/// @param load requests a second that the demo itself sends, 0 to 1000
/// @param fleet the document to run; null = the demo's own
/// @param accessLog what the sidecars write of exchanges
record DemoSettings(
        boolean once,
        OutputFormat output,
        Duration duration,
        int port,
        int load,
        @Nullable Path fleet,
        AccessLogging accessLog) {}
