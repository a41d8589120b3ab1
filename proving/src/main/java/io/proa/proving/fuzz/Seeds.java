package io.proa.proving.fuzz;

import io.proa.formats.Beginnings;
import io.proa.formats.Corpus;
import io.proa.formats.Http2Readers;
import io.proa.formats.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The inputs that fuzzing begins with: the written cases of `formats`, and what is kept in a
/// folder.
final class Seeds {
    private static final int LONGEST = 2048;

    private Seeds() {}

    static List<byte[]> written(FuzzTarget target) {
        return switch (target) {
            case REQUEST, RESPONSE, CHUNKED -> messages(target);
            case FRAMES -> Http2Readers.frameSeeds();
            case HPACK -> Http2Readers.blockSeeds();
            case HELLO -> Beginnings.helloSeeds();
            case PROXY -> Beginnings.proxySeeds();
        };
    }

    private static List<byte[]> messages(FuzzTarget target) {
        List<byte[]> seeds = new ArrayList<>();
        List<Corpus.Case> cases =
                target == FuzzTarget.RESPONSE ? Corpus.responses() : Corpus.requests();
        for (Corpus.Case c : cases) {
            String text = c.text();
            String input =
                    switch (target) {
                        case REQUEST -> text;
                        case RESPONSE ->
                                (char)
                                                (c.answered() == Method.HEAD
                                                        ? 1
                                                        : c.answered() == Method.CONNECT ? 2 : 0)
                                        + text;
                        case CHUNKED, FRAMES, HPACK, HELLO, PROXY ->
                                text.substring(text.indexOf("\r\n\r\n") + 1);
                    };
            if (input.length() <= LONGEST) {
                seeds.add(input.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return seeds;
    }

    /// The files in the target's folder; none when there is no such folder.
    static List<Path> kept(FuzzTarget target, Path corpus) {
        Path folder = corpus.resolve(target.folder());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
