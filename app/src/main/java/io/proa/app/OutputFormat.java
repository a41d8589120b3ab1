package io.proa.app;

/// What `-o` takes; the constants are spelled as they are typed.
public enum OutputFormat {
    text,
    json
}
