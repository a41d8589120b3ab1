package io.proa.model;

import java.util.regex.Pattern;

/// The logical name of a service; both parts are RFC 1123 labels (1 to 63 of `a-z 0-9 -`).
public record ServiceName(String namespace, String name) implements Comparable<ServiceName> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public ServiceName {
        if (!isLabel(namespace)) {
            throw new IllegalArgumentException(
                    "namespace '" + namespace + "': expected 1 to 63 of a-z 0-9 -");
        }
        if (!isLabel(name)) {
            throw new IllegalArgumentException(
                    "service name '" + name + "': expected 1 to 63 of a-z 0-9 -");
        }
    }

    public static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    @Override
    public int compareTo(ServiceName other) {
        int c = namespace.compareTo(other.namespace);
        return c != 0 ? c : name.compareTo(other.name);
    }

    /// `name.namespace`, the form used in metrics, logs and SNI.
    @Override
    public String toString() {
        return name + "." + namespace;
    }
}
