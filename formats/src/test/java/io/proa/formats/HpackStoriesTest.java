package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The public vectors: a few that stand here, and all of them where `.ci/hpack-vectors` has
/// installed them.
class HpackStoriesTest {
    private static final Path KEPT = Path.of("src/test/hpack-test-case");
    private static final Path INSTALLED =
            Path.of(System.getProperty("proa.hpack.vectors", "target/hpack-test-case"));
    private static final int LARGEST_TABLE = 65_536;

    private static int decodeAll(List<Path> files) throws IOException, MalformedFrame {
        int blocks = 0;
        for (Path file : files) {
            HpackDecoder decoder = new HpackDecoder(LARGEST_TABLE);
            decoder.decode(HpackList.hex("3f e1 1f"), 0, 3, true, new FieldSection());
            HpackEncoder encoder = new HpackEncoder(4096);
            HpackDecoder back = new HpackDecoder(4096);
            for (HpackStories.Story story : HpackStories.read(file)) {
                List<HpackList> list = HpackList.decode(decoder, HpackList.hex(story.wire()));
                assertThat(list)
                        .as("%s, block %s", file, blocks)
                        .extracting(field -> field.name() + ": " + field.value())
                        .isEqualTo(story.fields());
                byte[] again = HpackList.encode(encoder, list);
                assertThat(HpackList.decode(back, HpackList.direct(again)))
                        .as("%s, block %s, encoded again", file, blocks)
                        .isEqualTo(list);
                blocks++;
            }
        }
        return blocks;
    }

    @Test
    void decodesTheVectorsThatAreKept() throws IOException, MalformedFrame {
        assertThat(decodeAll(HpackStories.files(KEPT))).isGreaterThan(30);
    }

    @Test
    void decodesAllVectorsThatAreInstalled() throws IOException, MalformedFrame {
        List<Path> files = HpackStories.files(INSTALLED);
        assumeThat(files).as(".ci/hpack-vectors installs them").isNotEmpty();
        assertThat(decodeAll(files)).isGreaterThan(1000);
    }
}
