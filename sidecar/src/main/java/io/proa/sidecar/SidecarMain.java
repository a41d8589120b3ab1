package io.proa.sidecar;

import io.proa.host.ProcessGuard;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// The sidecar's `main`.
public final class SidecarMain {
    private static final int EX_USAGE = 64;
    private static final int EX_DATA = 65;
    private static final int EX_UNAVAILABLE = 69;

    private SidecarMain() {}

    /// Runs until SIGTERM or `POST /quitquitquit`. Exit codes are those of sysexits.
    public static void main(String[] args) throws InterruptedException {
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            System.out.print(SidecarSettings.HELP);
            return;
        }
        System.exit(run(args));
    }

    private static int run(String[] args) throws InterruptedException {
        SidecarSettings settings;
        try {
            settings = SidecarSettings.parse(args);
        } catch (UsageProblem e) {
            System.err.println("proa sidecar: " + e.getMessage());
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
            return EX_DATA;
        } catch (IOException e) {
            System.err.println("proa sidecar: " + e.getMessage());
            return EX_UNAVAILABLE;
        }
    }
}
