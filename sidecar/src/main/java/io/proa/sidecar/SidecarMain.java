package io.proa.sidecar;

import io.proa.host.ProcessGuard;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The sidecar's `main`.
public final class SidecarMain {
    private static final int EX_USAGE = 64;
    private static final int EX_DATA = 65;
    private static final int EX_NO_INPUT = 66;
    private static final int EX_UNAVAILABLE = 69;

    private SidecarMain() {}

    /// Runs until SIGTERM or `POST /quitquitquit`. Exit codes are those of sysexits.
    public static void main(String[] args) throws InterruptedException {
        List<String> given = List.of(args);
        if (given.contains("--help") || given.contains("-h")) {
            System.out.print(SidecarSettings.HELP);
            return;
        }
        System.exit(run(args));
    }

    public static String help() {
        return SidecarSettings.HELP;
    }

    private static int run(String[] args) throws InterruptedException {
        SidecarSettings settings;
        try {
            settings = SidecarSettings.parse(args);
        } catch (UsageProblem e) {
            System.err.println("proa sidecar: " + e.getMessage());
            System.err.println("  next: see proa sidecar --help");
            return EX_USAGE;
        }
        if (settings.source() instanceof SidecarSettings.Source.Control) {
            // From here on there is a private key in this process.
            ProcessGuard.forbidInspection();
        }
        CountDownLatch quit = new CountDownLatch(1);
        try (Sidecar sidecar = Sidecar.open(settings, quit::countDown)) {
            Runtime.getRuntime().addShutdownHook(new Thread(sidecar::end, "proa-end"));
            sidecar.start();
            quit.await();
            return 0;
        } catch (BadSource e) {
            System.err.println("proa sidecar: " + e.getMessage());
            return e.isMissing() ? EX_NO_INPUT : EX_DATA;
        } catch (IOException e) {
            System.err.println("proa sidecar: " + e.getMessage());
            return EX_UNAVAILABLE;
        }
    }
}
