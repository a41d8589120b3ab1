package io.proa.app.fleet;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/// Why the operating system refused, in words instead of by the name of a class.
final class Reasons {
    private Reasons() {}

    static String of(IOException refused) {
        return switch (refused) {
            case NoSuchFileException missing -> "no such folder: " + missing.getFile();
            case AccessDeniedException denied -> "not allowed: " + denied.getFile();
            case FileAlreadyExistsException other -> "it is no folder: " + other.getFile();
            default -> String.valueOf(refused.getMessage());
        };
    }
}
