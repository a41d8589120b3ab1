package io.proa.proving.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.proa.formats.TwoReaders;
import java.util.Arrays;

/// All targets under Jazzer, which follows coverage. In a source folder of its own, since its agent takes half a minute
/// to start: `make fuzz` does not run it, `.ci/fuzz --jazzer` does.
class JazzerTest {
    private static final FuzzTarget[] TARGETS = FuzzTarget.values();

    private final TwoReaders readers = new TwoReaders();

    /// The first byte chooses the target: Jazzer fuzzes one method in one run.
    @FuzzTest(maxDuration = "60s")
    void everyTarget(byte[] data) {
        if (data.length > 0) {
            FuzzTarget target = TARGETS[(data[0] & 0xFF) % TARGETS.length];
            target.kind(readers, Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
